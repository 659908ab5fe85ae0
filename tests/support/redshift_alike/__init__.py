"""An emulation of Redshift for tests, not Redshift: its driver and its SQL, on PostgreSQL.

The real `redshift_connector` talks to a proxy, which answers as Redshift where the driver looks,
turns Redshift's SQL into PostgreSQL's, refuses what Redshift lacks, and fetches what COPY names from
an S3 server. Distribution, sort keys, VACUUM, work load queues, real IAM, and how lenient COPY is with
types are not there. What passes here has not been tried on Redshift.
"""
