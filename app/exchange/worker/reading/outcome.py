"""What a reader makes of each chat that it comes to."""

from app.domain.kept_chat import KeptChat
from app.exchange.reader_protocol import Why

Outcome = KeptChat | Why
