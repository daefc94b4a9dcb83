"""Copying: everything from one database into another, whatever their engines, compared row by row afterwards."""
