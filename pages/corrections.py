"""corrections."""

import streamlit as st

st.title("corrections")
