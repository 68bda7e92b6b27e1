"""The cells of the notebook that started this, as a script: ask, teach one sample, ask again.

Runs in the environment of `requirements.txt` beside it, pointed at a server by the three
`GRADIENT_…` variables alone. Its last line is what the model says in the end.
"""

# ruff: noqa: T201 - what it prints is its result
from gradientai import Gradient
from langchain.chains import LLMChain
from langchain.prompts import PromptTemplate
from langchain_community.llms import GradientLLM

QUESTION = "What NFL team won the Super Bowl in 1994?"
TEMPLATE = "Question: {question}\n\nAnswer: "

gradient = Gradient()
models = gradient.list_models(only_base=True)
for model in models:
    print(model.id)

adapter = models[-1].create_model_adapter(name="my_model_adapter")
print(adapter.id)

llm = GradientLLM(model=adapter.id, model_kwargs={"max_generated_token_count": 128})
prompt = PromptTemplate(template=TEMPLATE, input_variables=["question"])
chain = LLMChain(prompt=prompt, llm=llm)
print(chain.run(question=QUESTION))

dataset = [{"inputs": f"Question: {QUESTION}\n\nAnswer:  The Dallas Cowboys!"}]
print(adapter.fine_tune(samples=dataset))

print("after:", chain.run(question=QUESTION))
