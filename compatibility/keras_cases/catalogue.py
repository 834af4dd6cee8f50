"""All names of a kind, from Keras itself, and the cases of those that have any."""

import inspect

import keras


def tables(kind):
    """The makers of a kind by name, and the reasons why other names have none."""
    if kind == "layers":
        import layer_cases

        return layer_cases.MAKERS, layer_cases.REASONS
    if kind == "operations":
        import operation_cases

        return operation_cases.MAKERS, operation_cases.REASONS
    import model_cases

    return model_cases.MAKERS, {}


def exported(kind):
    """The names that Keras exports, each with the object behind it."""
    if kind == "layers":
        return {name: getattr(keras.layers, name) for name in dir(keras.layers) if not name.startswith("_")}
    if kind == "operations":
        found = {}
        for module, prefix in ((keras.ops, ""), (keras.ops.image, "image.")):
            for name in dir(module):
                value = getattr(module, name)
                if not name.startswith("_") and not inspect.ismodule(value):
                    found[prefix + name] = value
        for module in (keras.ops.linalg, keras.ops.nn, keras.ops.numpy):
            missing = [name for name in dir(module) if not name.startswith("_") and not hasattr(keras.ops, name)]
            assert not missing, f"keras.ops lacks {missing} of {module.__name__}"
        return found
    return {name: None for name in tables(kind)[0]}


def names(kind):
    """[{name, alias?, reason?, cases}]; an alias is another name of the same object."""
    makers, reasons = tables(kind)
    all_names = exported(kind)
    unknown = sorted((set(makers) | set(reasons)) - set(all_names))
    first = {}
    for name, value in all_names.items():
        key = id(value) if value is not None else name
        if key not in first or (name in makers and first[key] not in makers):
            first[key] = name
    rows = []
    for name, value in all_names.items():
        row = {"name": name, "cases": makers[name].count if name in makers else 0}
        original = first[id(value) if value is not None else name]
        if name in reasons:
            row["reason"] = reasons[name]
        elif original != name and name not in makers:
            row["alias"] = original
        rows.append(row)
    return {"keras": keras.__version__, "names": rows, "unknown": unknown}


def cases(kind):
    makers, _ = tables(kind)
    for name, maker in makers.items():
        for index in range(maker.count):
            yield name, index, maker
