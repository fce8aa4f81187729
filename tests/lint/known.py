"""Lists of faults that are there still, one a line, which may only become shorter: known-circles, known-calls."""
import pathlib

HERE = pathlib.Path(__file__).resolve().parent


def read(name):
    path = HERE / name
    lines = path.read_text().splitlines() if path.is_file() else []
    return [line for line in lines if line and not line.startswith("#")]


def hold_against(name, found, forget, command):
    """Problems with the list NAME. FOUND: line → what to say of it. FORGET: takes off what is no longer found."""
    known = read(name)
    gone = [line for line in known if line not in found]
    if forget and gone:
        lines = (HERE / name).read_text().splitlines(keepends=True)
        (HERE / name).write_text("".join(line for line in lines if line.rstrip("\n") not in gone))
        gone = []
    return [text for line, text in sorted(found.items()) if line not in known] + \
           [f"{line}: no longer so, remove it from tests/lint/{name} (by {command} --forget)" for line in gone]
