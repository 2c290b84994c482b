"""One module per source of charts; `tunelens.charts.registry` lists them."""
