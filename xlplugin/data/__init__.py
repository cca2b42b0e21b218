"""The dataset: companies, assumptions and scenarios, which value counts, and a company ready to evaluate."""
