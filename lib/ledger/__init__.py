"""Everything asked, marked, corrected, taught and proved."""
