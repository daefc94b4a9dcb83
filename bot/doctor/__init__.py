"""What `second-wind check` says: whatever keeps this installation from serving, and what to do about it."""

from bot.doctor.examination import Installation, examine
from bot.doctor.findings import Finding, report

__all__ = ["Finding", "Installation", "examine", "report"]
