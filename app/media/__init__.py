"""Files that people attach: decoded, read, limited and scaled in a throw-away process."""
