"""The domain: prompt templates, samples, scores and proof. No SQL, no HTTP, no Streamlit."""
