"""Numbers that others say, no larger than anything that there is."""

from typing import Annotated

import msgspec

# What is larger cannot be divided, and is a lie or damage.
Amount = Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) - 1)]
