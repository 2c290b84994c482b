"""Why a model said what it said: importances, occlusion in time and frequency, nearest examples."""
