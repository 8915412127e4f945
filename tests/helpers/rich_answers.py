"""Answers with everything that Markdown has, for tests and for pictures of them."""

RICH = """\
# Reading the wind

The **cierzo** blows from the north-west along the Ebro valley. It is *dry*, ~~never~~ sometimes \
violent, and `gust_kmh > 100` is **not *that* rare**. More in the \
[atlas of winds](https://example.org/winds?valley=ebro) or from <mailto:wind@example.org>.

## What drives it

1. High pressure over the Bay of Biscay,
2. low pressure over the Mediterranean:
   - the valley works like a *funnel*,
   - the air dries as it descends
     - and warms a little;
3. nothing stops it before the sea.

Before you measure:

- [x] calibrate the anemometer
- [ ] note the height of the mast
- [ ] ask Cato

> A wind that “fills your mouth when you speak”,
> and tips over loaded waggons.
>
> > — Cato the Elder, *Origines*

### Smoothing the gusts

```python
from collections import deque

class Gusts:
    \"\"\"Keep the last minutes of wind.\"\"\"

    def __init__(self, size: int = 600) -> None:
        self._speeds: deque[float] = deque(maxlen=size)

    def add(self, speed_kmh: float) -> float:  # 1 Hz
        self._speeds.append(speed_kmh)
        return max(self._speeds) if speed_kmh > 0 else 0.0
```

The mean of a day follows from $\\bar v = \\frac{1}{n}\\sum_i v_i$, and costs between $5 and $10 \
at most:

$$
P = \\tfrac{1}{2}\\,\\rho A v^3 \\int_0^T e^{-t^2}\\,dt
$$

| Month | Days with cierzo | Mean gust | Remark |
|:------|-----------------:|----------:|--------|
| January | 14 | 71 km/h | cold, **dry** |
| April | 11 | 64 km/h | see `gusts.csv` |
| August | 6 | 48 km/h | [pleasant](https://example.org) |

---

1. Install it:

   ```sh
   uv add gusts && gusts --station LEZG
   ```

2. Read what it says.

![A map of the valley](file:///etc/hostname) Nothing of this was loaded: [not a link](javascript:x).
"""

HOSTILE = (
    """\
<h1>Hi</h1><img src='file:///etc/hostname'><a href='file:///etc/passwd'>x</a>
![](file:///etc/hostname) [click](javascript:alert(1)) &amp; [local](file:///etc/passwd)

| a | b | c | d | e | f | g | h | i | j | k | l | m | n |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
| """
    + " | ".join(["quite some words"] * 14)
    + """ |

> > > > > > > > > > > > > > > > > > > > > > > > > deep

$never ends, \\[ neither \\( nor **this

`\u202egnp.exe` is not a picture, and \u202ethis turns\u202c around. \
Z\u0335\u0322\u0348\u0317a\u0334\u0322l\u0337g\u0335o

- [ ] a box
  - """
    + "x" * 400
    + """

```no-such-language
an unclosed fence with a very long line """
    + "y" * 300
    + """
\u202e} nimda si resu { fi
"""
)
