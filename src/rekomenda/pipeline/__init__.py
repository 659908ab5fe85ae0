"""The whole job: one function a hop, their order as data, and the run."""
