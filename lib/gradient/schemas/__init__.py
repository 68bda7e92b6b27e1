"""The Gradient web API's wire format, used by the client and by the engine alike.

Field names are snake_case here and camelCase on the wire. A request may send an explicit null
wherever a field is optional, and it means the same as leaving the field out; unknown fields are
ignored on both sides, so that older and newer peers understand each other.

Fields under a comment *Errata* are extensions. They are optional, and a plain Gradient client or
server never notices them.
"""

from lib.gradient.schemas.complete import (
    AskNearness,
    AskPairs,
    Complete,
    Completed,
    Guidance,
    Nearness,
    NearnessList,
    Pair,
    PairList,
    Rag,
    Token,
)
from lib.gradient.schemas.errors import (
    ErrorBody,
    ErrorType,
)
from lib.gradient.schemas.extensions import (
    ChangeVersion,
    CountTokens,
    RunState,
    RunStatus,
    ServerInfo,
    TokenCounts,
    Version,
    VersionList,
)
from lib.gradient.schemas.fine_tune import (
    FineTune,
    FineTuned,
    FineTuningParameters,
    Progress,
    Sample,
    Scope,
    Segment,
)
from lib.gradient.schemas.models import (
    AdapterItem,
    AdapterModel,
    BaseModelItem,
    Capability,
    CreateAdapter,
    CreatedAdapter,
    InitialHyperparameters,
    LoraHyperparameters,
    ModelItem,
    ModelList,
    TrainingArguments,
)
from lib.gradient.schemas.wire import (
    ADAPTER_SUFFIX,
    BASE_MODEL_SUFFIX,
    ID_LENGTH,
    MAX_GENERATED_TOKENS,
    MAX_RANK,
    Asked,
    Text,
    Wire,
)

__all__ = [
    "ADAPTER_SUFFIX",
    "BASE_MODEL_SUFFIX",
    "ID_LENGTH",
    "MAX_GENERATED_TOKENS",
    "MAX_RANK",
    "AdapterItem",
    "AdapterModel",
    "AskNearness",
    "AskPairs",
    "Asked",
    "BaseModelItem",
    "Capability",
    "ChangeVersion",
    "Complete",
    "Completed",
    "CountTokens",
    "CreateAdapter",
    "CreatedAdapter",
    "ErrorBody",
    "ErrorType",
    "FineTune",
    "FineTuned",
    "FineTuningParameters",
    "Guidance",
    "InitialHyperparameters",
    "LoraHyperparameters",
    "ModelItem",
    "ModelList",
    "Nearness",
    "NearnessList",
    "Pair",
    "PairList",
    "Progress",
    "Rag",
    "RunState",
    "RunStatus",
    "Sample",
    "Scope",
    "Segment",
    "ServerInfo",
    "Text",
    "Token",
    "TokenCounts",
    "TrainingArguments",
    "Version",
    "VersionList",
    "Wire",
]
