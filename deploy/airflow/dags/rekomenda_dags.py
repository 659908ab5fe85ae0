"""The DAGs of rekomenda, built from `rekomenda_plan.json`: the plan that `rekomenda run` follows."""

from rekomenda_airflow.dags import build  # airflow: this file makes DAGs

daily, weekly, monthly = build("daily"), build("weekly"), build("monthly")
