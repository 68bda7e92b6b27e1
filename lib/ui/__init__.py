"""Pieces that pages share. Nothing else under `lib` imports Streamlit."""
