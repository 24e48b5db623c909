"""What every action owes: keywords only, one transaction, no clock of its own, and a word of it."""

import ast
from functools import cache
from pathlib import Path

from tests.architecture.tree import ROOT, files_called, name_of, public, tree_of
from tests.each import each

ACTIONS = files_called("actions")
FOLLOWS = "it is itself what followed from an announced event"
REGISTER = "the device's or the contact's action that calls it announces"
SILENT = {  # actions that announce nothing, and why that is right
    "tenants.notices.actions.telling.tell": FOLLOWS,
    "tenants.notices.actions.telling.mail": FOLLOWS,
    "tenants.notices.actions.alerts.alert": FOLLOWS,
    "tenants.notices.actions.alerts.alert_over": FOLLOWS,
    "tenants.notices.actions.alerts.send_alerts": FOLLOWS,
    "tenants.notices.actions.channels.publish": FOLLOWS,
    "tenants.notices.actions.channels.tell_team": FOLLOWS,
    "tenants.notices.actions.channels.begin_try": "the log of what was sent says it",
    "tenants.notices.actions.channels.keep_reply": "the log of what was sent says it",
    "billing.actions.runs.recount": FOLLOWS,
    "tenants.notices.actions.telling.mark_read": "what somebody has read is nobody else's business",
    "contracts.clients.actions.register.begin": REGISTER,
    "contracts.clients.actions.register.cut": REGISTER,
    "contracts.clients.actions.register.reclass": REGISTER,
    "contracts.clients.actions.register.restate": REGISTER,
    "contracts.clients.actions.register.rename": REGISTER,
    "contracts.clients.actions.register.move_start": REGISTER,
    "monitoring.actions.absorbing.absorb": "a beat is not news; what follows from it is told there",
    "monitoring.actions.agreeing.begin_windows": "what is judged anew is told there",
    "monitoring.actions.absorbing.absorb_spool": "the same",
    "monitoring.actions.templating.follow_templates": "each check it changes is told there",
    "monitoring.actions.absorbing.begin_epoch": "it moves a position in a stream",
    "monitoring.actions.thinning.roll_up": "it thins what is kept",
    "monitoring.actions.thinning.pack": "the same values in another form",
    "monitoring.actions.thinning.forget": "what is old goes by a setting, in every MSP alike",
    "billing.actions.runs.count_next": "a count is told when it is asked for and when it is done",
}


@each(ACTIONS)
def test_actions_are_keyword_only_and_atomic(file: Path) -> None:
    for action in public(file):
        assert not action.args.args, f"{action.name} takes positional arguments"
        decorators = [ast.unparse(node) for node in action.decorator_list]
        assert any(d.startswith("transaction.atomic") for d in decorators), (
            f"{action.name} is not atomic"
        )


@each(ACTIONS)
def test_actions_have_no_clock_and_no_network(file: Path) -> None:
    text = file.read_text()
    for word in ("datetime.now", "timezone.now", "date.today", "requests.", "urllib.request"):
        assert word not in text, f"{word} in {name_of(file)}"


@each(ACTIONS)
def test_every_action_announces(file: Path) -> None:
    """What an action does that nobody is told of is missing from the journal for ever."""
    module = module_of(file)
    silent = [
        action.name
        for action in public(file)
        if f"{module}.{action.name}" not in SILENT and not announces(module, action.name)
    ]
    assert silent == []


def test_the_silent_actions_exist_and_are_silent() -> None:
    for name in SILENT:
        module, _, action = name.rpartition(".")
        assert action in functions_of(module), name
        assert not announces(module, action), f"{name} announces; take it off the list"


def module_of(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def file_of(module: str) -> Path | None:
    path = ROOT.joinpath(*module.split("."))
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        if file.is_file():
            return file
    return None


@cache
def functions_of(module: str) -> dict[str, ast.FunctionDef]:
    file = file_of(module)
    body = tree_of(file).body if file else []
    return {node.name: node for node in body if isinstance(node, ast.FunctionDef)}


@cache
def methods_of(package: str) -> dict[str, tuple[str, ast.FunctionDef]]:
    """Methods of the helpers beside a room's actions, such as what holds a ticket meanwhile."""
    found = {}
    for file in ACTIONS:
        module = module_of(file)
        if module.startswith(f"{package}."):
            for node in tree_of(file).body:
                for method in node.body if isinstance(node, ast.ClassDef) else ():
                    if isinstance(method, ast.FunctionDef):
                        found[method.name] = (module, method)
    return found


@cache
def imports_of(module: str) -> dict[str, str]:
    """The names a module imports, each with where it comes from."""
    file = file_of(module)
    nodes = ast.walk(tree_of(file)) if file else ()
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def announces(module: str, function: str, seen: frozenset[str] = frozenset()) -> bool:
    """Whether it calls `announce`, by itself or through a function of some `actions`."""
    node = functions_of(module).get(function)
    if node is None:  # perhaps a package that hands on a name of its own module
        source = imports_of(module).get(function, "")
        return bool(source) and source not in seen and _told_by(source, seen | {source})
    return _calls(module, node, seen)


def _calls(module: str, node: ast.FunctionDef, seen: frozenset[str]) -> bool:
    name = f"{module}.{node.name}"
    called = [call.func for call in ast.walk(node) if isinstance(call, ast.Call)]
    return name not in seen and any(_tells(module, func, seen | {name}) for func in called)


def _tells(module: str, func: ast.expr, seen: frozenset[str]) -> bool:
    imported = imports_of(module)
    if isinstance(func, ast.Name):
        source = imported.get(func.id, f"{module}.{func.id}")
        return func.id == "announce" or _told_by(source, seen)
    if not isinstance(func, ast.Attribute):
        return False
    if isinstance(func.value, ast.Name) and func.value.id in imported:
        return _told_by(f"{imported[func.value.id]}.{func.attr}", seen)
    if func.attr == "announce":
        return True
    method = methods_of(module.rpartition(".")[0]).get(func.attr)
    return method is not None and _calls(*method, seen)


def _told_by(name: str, seen: frozenset[str]) -> bool:
    module, _, function = name.rpartition(".")
    return "actions" in module.split(".") and announces(module, function, seen)
