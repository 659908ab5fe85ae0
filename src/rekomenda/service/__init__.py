"""What answers over HTTP for as long as it is left on: health, metrics, the operator's page."""
