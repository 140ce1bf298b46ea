"""Make each code block of the documentation prose, a test and a live example at once.

The same text is rendered for readers (`fence`), run in CI (`pytest_plugin`) and run in the
reader's browser (`browser/`), by one parser (`collect`, `page`) and one engine (`engine`).
"""
