"""The command line: reads words, calls the pipeline, prints. The only room that prints."""
