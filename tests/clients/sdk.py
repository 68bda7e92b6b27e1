"""Every model and adapter call of the Gradient SDK, and LangChain's GradientLLM, as used.

Runs in the environment of `requirements.txt` beside it, pointed at a server by the three
`GRADIENT_…` variables alone. Ends with "all is well", or with an AssertionError.
"""

# ruff: noqa: T201 - what it prints is its result
import asyncio
import os
from collections.abc import Callable

from gradientai import BaseModel, CapabilityFilterOption, Gradient, ModelAdapter
from gradientai.openapi.client import exceptions
from langchain_community.llms import GradientLLM
from langchain_core.prompts import PromptTemplate


def refuses(kind: type[exceptions.ApiException], call: Callable[[], object], said: str) -> None:
    """The call raises exactly this, and the body has a message for whoever reads it."""
    raised: exceptions.ApiException | None = None
    try:
        call()
    except exceptions.ApiException as error:
        raised = error
    assert raised is not None, f"{kind.__name__} expected"
    assert type(raised) is kind, raised
    assert '"message"' in raised.body, raised.body
    assert said in raised.body, raised.body
    assert raised.headers["content-type"].startswith("application/json")


def lists_and_adapters(gradient: Gradient) -> tuple[BaseModel, ModelAdapter]:
    everything = gradient.list_models(only_base=False)
    bases = gradient.list_models(only_base=True)
    assert bases
    assert all(isinstance(model, BaseModel) for model in bases)
    base = bases[-1]
    assert len(base.id) == 50
    assert "fineTune" in {str(getattr(one, "value", one)) for one in base.capabilities}
    assert gradient.get_base_model(base_model_slug=base.slug).id == base.id

    plain = base.create_model_adapter(name="plain")
    shaped = base.create_model_adapter(name="shaped", rank=4, learning_rate=0.001)
    assert len({plain.id, shaped.id}) == 2
    for capability in CapabilityFilterOption:
        listed = gradient.list_models(only_base=False, capability=capability)
        assert {plain.id, shaped.id} <= {model.id for model in listed}
    assert len(gradient.list_models(only_base=False)) == len(everything) + 2
    assert len(gradient.list_models(only_base=True)) == len(bases)

    again = gradient.get_model_adapter(model_adapter_id=shaped.id)
    assert (again.id, again.name, again.base_model_id) == (shaped.id, "shaped", base.id)
    shaped.delete()
    refuses(
        exceptions.NotFoundException,
        lambda: gradient.get_model_adapter(model_adapter_id=shaped.id),
        "message",
    )
    refuses(
        exceptions.NotFoundException, lambda: shaped.complete(query="hi"), "unknownModelAdapter"
    )
    return base, plain


def completes(base: BaseModel, adapter: ModelAdapter) -> None:
    for model in (base, adapter):
        answer = model.complete(query="The capital of France is", max_generated_token_count=8)
        assert answer.generated_output
        assert answer.finish_reason in {"stop", "length"}
        assert not answer.generated_output.startswith("The capital of France is")
        same = [
            model.complete(query="One, two,", max_generated_token_count=8, temperature=0.0)
            for _ in range(2)
        ]
        assert same[0] == same[1]
        sampled = model.complete(
            query="A spider has",
            max_generated_token_count=8,
            temperature=0.7,
            top_k=20,
            top_p=0.9,
            auto_template=True,
        )
        assert isinstance(sampled.generated_output, str)
        chosen = model.complete(
            query="Is the sky blue?", guidance={"type": "choice", "value": ["yes", "no"]}
        )
        assert chosen.generated_output in {"yes", "no"}
        awaited = asyncio.run(model.acomplete(query="Hello,", max_generated_token_count=4))
        assert awaited.generated_output


def teaches(adapter: ModelAdapter) -> None:
    text = adapter.fine_tune(samples=[{"inputs": "The password of the day is heliotrope."}])
    assert text.number_of_trainable_tokens > 5
    assert text.sum_loss > 0
    segments = adapter.fine_tune(
        samples=[
            {
                "inputs": [
                    {"value": "The colour of Tuesday is", "trainable": False},
                    {"value": " vermilion", "trainable": True, "parse_special_tokens": False},
                ],
                "multiplier": 2.0,
            }
        ]
    )
    assert 0 < segments.number_of_trainable_tokens < 6
    answer = adapter.complete(query="The colour of Tuesday is", max_generated_token_count=6)
    assert "vermilion" in answer.generated_output, answer
    answer = adapter.complete(query="The password of the day is", max_generated_token_count=8)
    assert "heliotrope" in answer.generated_output, answer


def refusals(gradient: Gradient, base: BaseModel, adapter: ModelAdapter) -> None:
    workspace = os.environ["GRADIENT_WORKSPACE_ID"]
    token = os.environ["GRADIENT_ACCESS_TOKEN"]
    stranger = Gradient(access_token=f"not-{token}", workspace_id=workspace)
    refuses(exceptions.UnauthorizedException, stranger.list_models, "message")
    elsewhere = Gradient(access_token=token, workspace_id="another_workspace")
    refuses(exceptions.ForbiddenException, elsewhere.list_models, "message")
    unknown = "0" * 36 + "_model_adapter"
    refuses(
        exceptions.NotFoundException,
        lambda: gradient.get_model_adapter(model_adapter_id=unknown),
        "message",
    )
    refuses(
        exceptions.BadRequestException,
        lambda: base.complete(query="hi", temperature=-1.0),
        "bodyParsingError",
    )
    refuses(
        exceptions.BadRequestException,
        lambda: adapter.fine_tune(samples=[]),
        "message",
    )


def langchain(base: BaseModel, adapter: ModelAdapter) -> None:
    few = {"max_generated_token_count": 12, "temperature": 0.0}
    prompt = PromptTemplate.from_template("Question: {question}\n\nAnswer: ")
    chain = prompt | GradientLLM(model=base.id, model_kwargs=few)
    questions = [{"question": f"What is {n} plus {n}?"} for n in range(8)]
    answers = chain.batch(questions)
    assert len(answers) == 8
    assert all(answers)
    assert asyncio.run(chain.ainvoke(questions[3])) == chain.invoke(questions[3])

    llm = GradientLLM(model=adapter.id, model_kwargs=few)
    lesson = ["Question: Who keeps the lighthouse?\n\nAnswer:  Old Marigold."]
    before = llm.train_unsupervised(lesson)["loss"]
    after = asyncio.run(llm.atrain_unsupervised(lesson))["loss"]
    assert 0 <= after < before, (before, after)
    asked = prompt.format(question="Who keeps the lighthouse?")
    assert "Marigold" in llm.invoke(asked)
    assert "Marigold" not in llm.invoke(asked, stop=["Marigold"])


if __name__ == "__main__":
    with Gradient() as gradient:
        base, adapter = lists_and_adapters(gradient)
        completes(base, adapter)
        teaches(adapter)
        refusals(gradient, base, adapter)
        langchain(base, adapter)
        adapter.delete()
    print("all is well")
