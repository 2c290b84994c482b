"""What is behind hits: models judged on the latest year, trends over years, claims put to the test."""
