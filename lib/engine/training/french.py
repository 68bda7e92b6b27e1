"""French as `rewordings` uses it."""

from __future__ import annotations

from itertools import chain

from lib.engine.training.language import Language, ruled

LITTLE_WORDS = frozenset(
    "a au aux avec ce cet cette ces combien comment d dans de des du elle elles en est et il ils l"  # noqa: SIM905 - fifty quotation marks would hide the words
    " la le les nom on ont ou où par pour pourquoi qu quand que quel quelle quelles quels qui quoi"
    " s sa se ses son sont sur t un une y à été était a-t-il a-t-elle a-t-on est-ce est-il"
    " est-elle".split()
)

ASKING = (
    "Dis-moi : {}",
    "Peux-tu me dire {}",
    "Sais-tu {}",
    "J'aimerais savoir : {}",
    "Réponds, s'il te plaît : {}",
    "Une petite question : {}",
    "{} Dis-le-moi, merci.",
    "As-tu une idée : {}",
)

NAMING = (
    "{} ?",
    "Et {} ?",
    "Je parle de {}.",
    "Que sais-tu de {} ?",
    "{} : qui ou quoi ?",
)

RULES = (
    (
        r"(?:quand|à quelle date|en quelle année) est (née?) (.+)",
        ("Quelle est la date de naissance de {1} ?", "{1} est {0} quand ?"),
    ),
    (
        r"(?:quand|à quelle date|en quelle année) est (morte?|décédée?) (.+)",
        ("Quelle est la date de la mort de {1} ?", "{1} est {0} quand ?"),
    ),
    (
        r"quelle est la date de naissance (?:de |d')(.+)",
        ("Quand est né {0} ?", "{0} est né quand ?", "À quelle date {0} est-il né ?"),
    ),
    (
        r"où est (née?) (.+)",
        ("Quel est le lieu de naissance de {1} ?", "Dans quelle ville est {0} {1} ?"),
    ),
    (
        r"où (?:est|sont|se trouve|se trouvent|est situé|est située) (.+)",
        ("À quel endroit est {0} ?", "Dans quelle ville se trouve {0} ?", "{0} se trouve où ?"),
    ),
    (
        r"(?:en|à) quel(?:le)? (année|date|mois|jour) (.+)",
        ("Quand {1} ?", "{1} en quelle {0} ?", "Quelle est l'{0} où {1} ?"),
    ),
    (
        r"quand (.+)",
        ("En quelle année {0} ?", "À quelle date {0} ?", "{0} quand ?"),
    ),
    (
        r"où (.+)",
        ("Dans quel lieu {0} ?", "À quel endroit {0} ?", "{0} où ?"),
    ),
    (
        r"qui est (.+)",
        ("Comment s'appelle {0} ?", "Quel est le nom de {0} ?", "{0}, c'est qui ?"),
    ),
    (
        r"qui (?:a|ont|avait) (\w+[éitus]) (.+)",
        ("{1} a été {0} par qui ?", "Par qui {1} a-t-il été {0} ?"),
    ),
    (
        r"qui (.+)",
        (
            "Quelle personne {0} ?",
            "Comment s'appelle la personne qui {0} ?",
            "{0} : qui ?",
        ),
    ),
    (
        r"comment s'appelle(?:nt)? (.+)",
        ("Quel est le nom de {0} ?", "Qui est {0} ?", "Nomme {0}."),
    ),
    (
        r"quel(?:le)?s? (?:est|était|sont|étaient|fut) (?:le nom d[eu] )?(.+)",
        ("Nomme {0}.", "Comment s'appelle {0} ?", "Dis-moi {0}.", "{0}, c'est quoi ?"),
    ),
    (
        r"quel(?:le)?s? (\w+) (.+)",
        ("{1} : quel {0} ?", "Quel est le nom de {0} : {1} ?", "Dis-moi quel {0} {1}."),
    ),
    (
        r"(en|à|dans|de|sur|par|pour|avec|sous) quel(?:le)?s? (\w+) (.+)",
        ("{2} {0} quel {1} ?", "Quel {1} : {2} ?"),
    ),
    (
        r"combien (?:de |d')(\S+) (.+)",
        ("Quel est le nombre de {0} : {1} ?", "Il y a combien de {0} qui {1} ?"),
    ),
    (r"combien (.+)", ("{0} : combien ?",)),
    (
        r"(?:que |qu'est-ce que |qu'est-ce qu')(.+)",
        ("{0} quoi ?", "Dis-moi ce que {0}."),
    ),
    (
        r"(.{12,}?),? (en|dans|pendant|depuis|avec|durant) (\S+)",
        ("{1} {2}, {0} ?",),
    ),
)

SAME = (
    ("auteur", "écrivain"),
    ("chanson", "titre"),
    ("construit", "bâti"),
    ("construite", "bâtie"),
    ("créé", "inventé"),
    ("décédé", "mort"),
    ("élu", "choisi"),
    ("entreprise", "société"),
    ("épouse", "femme"),
    ("époux", "mari"),
    ("équipe", "club"),
    ("gagné", "remporté"),
    ("interprète", "joue"),
    ("métier", "profession"),
    ("nommé", "désigné"),
    ("pays", "nation"),
    ("réalisé", "tourné"),
    ("s'appelle", "se nomme"),
    ("se trouve", "est situé"),
    ("sorti", "paru"),
    ("ville", "commune"),
)

DOERS = (
    ("architecte", "conçu"),
    ("auteur", "écrit"),
    ("compositeur", "composé"),
    ("constructeur", "construit"),
    ("créateur", "créé"),
    ("découvreur", "découvert"),
    ("éditeur", "publié"),
    ("fondateur", "fondé"),
    ("inventeur", "inventé"),
    ("peintre", "peint"),
    ("producteur", "produit"),
    ("réalisateur", "réalisé"),
    ("vainqueur", "gagné"),
)
"""Who does something, and what they did."""

FRENCH = Language(
    little_words=LITTLE_WORDS,
    asking=ASKING,
    naming=NAMING,
    doers=ruled(
        chain.from_iterable(
            (
                (
                    rf"(?:qui|quel) est .*\b{doer} (?:de |du |des |d')(.+)",
                    (f"Qui a {did} {{0}} ?", f"{{0}} : {did} par qui ?"),
                ),
                (
                    rf"(?:qui|quel(?:le)? \w+.*) a {did} (.+)",
                    (f"Qui est le {doer} de {{0}} ?", f"Quel est le {doer} de {{0}} ?"),
                ),
            )
            for doer, did in DOERS
        )
    ),
    rules=ruled(RULES),
    same=SAME,
)
