"""The engine for data that outgrows one machine: Apache Spark does whatever grows with plays or listeners."""
