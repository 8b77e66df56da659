"""Measures how well copies are recognised: by photodedup, by its layers, by its peers and by the measures of
the literature, on real photos and labelled copies of them.
"""
