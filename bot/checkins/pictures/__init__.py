"""The pictures of one member's check-ins."""

from bot.checkins.pictures.weeks import WeekBar, statistics_chart
from bot.checkins.pictures.year import DayCell, year_heatmap

__all__ = ["DayCell", "WeekBar", "statistics_chart", "year_heatmap"]
