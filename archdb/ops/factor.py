"""A factor of counts as an attribute: what multiplies channels or layers."""

from typing import Annotated, Any

from archdb.model.attributes import Kind
from archdb.rounding import ratio


def _factor(value: Any) -> int | float:
    """As it is, with the digits it was written in: these are exact, and a float is not."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= 1024:
        raise ValueError
    ratio(value)
    return value


Factor = Annotated[float, Kind("a positive number up to 1024", _factor)]
