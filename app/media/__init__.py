"""Files that people attach: decoded, limited and scaled in a throw-away process."""
