"""teach."""

import streamlit as st

st.title("teach")
