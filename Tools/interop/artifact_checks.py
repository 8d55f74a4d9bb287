"""What the checks of artifacts share: one line for each file, and a broken one does not hide the others."""


def count_failures(paths, check) -> int:
    """Prints a line for each file. `check` takes its path and returns (passed, description); an exception is a failure too."""
    failures = 0
    for path in paths:
        try:
            passed, text = check(path)
        except Exception as error:
            passed, text = False, f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
        failures += not passed
        print(f"{'ok  ' if passed else 'FAIL'} {path.name}: {text}")
    return failures
