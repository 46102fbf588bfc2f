"""Networks that were trained on other pictures before: any of ``keras.applications``, fine-tuned."""

from framework import ModelSpec, hookimpl
from fw_backbones import backbone


@hookimpl
def fw_register_models():
    return [
        ModelSpec(
            name="backbone",
            build=backbone.build,
            parameters={
                "application": "MobileNetV2",
                "weights": backbone.IMAGENET,
                "side": 0,
                "dropout": 0.3,
            },
            description="a network of keras.applications, trained before; for images of bytes",
            defaults={
                "frozen": 0.5,
                "augment": {
                    "rotation": 0.15,
                    "scale": 0.15,
                    "aspect": 0.1,
                    "shift": 0.1,
                    "contrast": 0.3,
                    "brightness": 0.3,
                },
                "optimizer": "adamw",
                "weight_decay": 0.001,
                "learning_rate": 0.001,
                "learning_rate_warm_up": 0.05,
                "decay": "cosine",
                "batch_size": 32,
                "updates": 2000,
                "early_stopping": False,
            },
        )
    ]
