"""What /metrics of mtail says."""

import re


def read_metrics(text: str) -> dict[str, float]:
    """Steady's metrics by name and labels."""
    pairs = re.findall(r"^(steady_\S+(?:\{.*\})?) ([\d.e+-]+)$", text, re.M)
    return {name: float(value) for name, value in pairs}
