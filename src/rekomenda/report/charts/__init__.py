"""The pictures of the page, by what they are about; each function makes one Plotly figure."""
