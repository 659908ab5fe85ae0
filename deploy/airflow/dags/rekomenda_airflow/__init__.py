"""rekomenda under Airflow: nothing of rekomenda is imported, its command line is called."""
