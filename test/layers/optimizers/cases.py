"""The options that Keras's optimizers are tried with, read by goldens.py and networks.py.

"schedule" stands for ExponentialDecay(**SCHEDULE).
"""

SCHEDULE = {"initial_learning_rate": 0.05, "decay_steps": 7, "decay_rate": 0.5}

COMMON = [
    {},
    {"learning_rate": 0.1},
    {"weight_decay": 0.1},
    {"clipnorm": 0.5},
    {"clipvalue": 0.3},
    {"global_clipnorm": 0.7},
    {"use_ema": True, "ema_momentum": 0.7},
    {"use_ema": True, "ema_momentum": 0.7, "ema_overwrite_frequency": 3},
    {"gradient_accumulation_steps": 3},
    {"gradient_accumulation_steps": 2, "use_ema": True, "ema_overwrite_frequency": 2, "clipnorm": 0.5, "weight_decay": 0.05},
    {"loss_scale_factor": 4.0},
    {"learning_rate": "schedule"},
    {"learning_rate": "schedule", "gradient_accumulation_steps": 3},
]
OWN = {
    "SGD": [{"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}, {"nesterov": True}],
    "RMSprop": [{"momentum": 0.9}, {"centered": True}, {"rho": 0.5, "momentum": 0.5, "centered": True, "epsilon": 1e-3}],
    "Adam": [{"amsgrad": True}, {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3}],
    "AdamW": [{"amsgrad": True}, {"weight_decay": 0.2}],
    "Adadelta": [{"rho": 0.5, "epsilon": 1e-3, "learning_rate": 1.0}],
    "Adagrad": [{"initial_accumulator_value": 0.5, "epsilon": 1e-3, "learning_rate": 0.1}],
    "Adamax": [{"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3}],
    "Adafactor": [
        {"relative_step": False, "learning_rate": 0.05},
        {"beta_2_decay": -0.5, "epsilon_1": 1e-6, "epsilon_2": 1e-2, "clip_threshold": 0.5, "learning_rate": 0.5},
    ],
    "Nadam": [{"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3}],
    "Ftrl": [
        {
            "learning_rate_power": -0.7,
            "initial_accumulator_value": 0.3,
            "l1_regularization_strength": 0.05,
            "l2_regularization_strength": 0.02,
            "l2_shrinkage_regularization_strength": 0.01,
            "beta": 0.1,
            "learning_rate": 0.1,
        }
    ],
    "Lion": [{"beta_1": 0.5, "beta_2": 0.8}],
    "Lamb": [{"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3, "learning_rate": 0.02}],
    "Muon": [
        {"learning_rate": 0.02, "nesterov": False, "rms_rate": None, "momentum": 0.8, "ns_steps": 3},
        {"exclude_layers": ["dense"], "adam_lr_ratio": 0.5, "adam_beta_1": 0.8, "adam_weight_decay": None},
        {"exclude_embeddings": False, "muon_a": 2.0, "muon_b": -1.5, "muon_c": 0.5, "epsilon": 1e-4},
    ],
    "ScheduleFreeAdamW": [{"warmup_steps": 5, "beta_1": 0.8, "weight_decay": 0.1, "epsilon": 1e-4}],
}
EXCLUDED = [("AdamW", {"weight_decay": 0.2}, ["bias"]), ("SGD", {"weight_decay": 0.2}, ["kernel", "sca"])]
SCALED = [{}, {"initial_scale": 8.0, "dynamic_growth_steps": 3}]


def rows_of(name):
    """Two optimizers show every option that all of them share; the others show five."""
    if name in ("SGD", "Adam"):
        return COMMON + OWN[name]
    return [COMMON[i] for i in (0, 1, 2, 7, 9)] + OWN[name]
