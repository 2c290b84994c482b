"""Charts: where hot songs are listed, how their sound is got, and which file is which song.

read_chart("chart.csv") -> Chart -> download(chart, folder) -> match_audio(chart, folder)
"""
