"""The shape of a demo service's texts, German and English."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ServiceText:
    """One service and how its office offers it; ``minutes`` are per person."""

    slug: str
    letter: str
    minutes: int
    name_de: str
    name_en: str
    summary_de: str
    summary_en: str
    documents_de: tuple[str, ...]
    documents_en: tuple[str, ...]
    keywords_de: str
    keywords_en: str
    leika: str = ""
    max_quantity: int = 1
    online: bool = True
    walk_in: bool = True
