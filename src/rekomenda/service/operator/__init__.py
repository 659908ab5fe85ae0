"""The operator's page: how a home has fared, and one click back to an earlier release."""
