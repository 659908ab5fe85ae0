"""The Python face: frames in, frames of the same kind out."""
