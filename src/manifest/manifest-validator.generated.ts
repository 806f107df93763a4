// @ts-nocheck
// Made from schemas/manifest.schema.json by scripts/generate-validators.ts: do not edit.
"use strict";
export const validate: ((data: unknown) => boolean) & { readonly errors?: null | ReadonlyArray<{ readonly instancePath: string; readonly keyword: string; readonly params: Readonly<Record<string, unknown>>; readonly parentSchema: Readonly<Record<string, unknown>>; readonly data: unknown }> } = validate20;

const schema31 = {"$schema":"https://json-schema.org/draft/2020-12/schema","title":"Volley manifest","description":"A batch of prompts: what is sent, to which models, within which limits.","type":"object","required":["tasks"],"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"properties":{"$schema":{"title":"schema address","description":"For editors of JSON manifests.","type":"string","examples":["./manifest.schema.json"]},"version":{"title":"version of the manifest's format","description":"Version of the manifest's format; 1 is the only one and the default.","type":"integer","enum":[1]},"name":{"title":"text","description":"Name of the volley in progress and summary.","type":"string","examples":["auth-review"]},"vars":{"title":"map of values","description":"Plain values for templates, used as `{{ vars.audience }}`; `--set audience=managers` overrides one.","type":"object","examples":[{"audience":"engineers"}]},"context":{"title":"text, `{file: …}` or a list of those","description":"Shared prefix of every task, the same for all so that providers can cache it. Only `{{ vars.x }}` may be used in it.","type":["string","object","array"],"properties":{"file":{"$ref":"#/$defs/fileName"}},"required":["file"],"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"items":{"$ref":"#/$defs/text"},"examples":["You are a security reviewer."]},"defaults":{"title":"map of task fields","description":"Fields that every task has unless it says otherwise.","type":"object","properties":{"model":{"$ref":"#/$defs/model","description":"The provider and its model: `provider/model`; or a list: the next is asked when one is out of quota, overloaded past its retries, or refuses."},"models":{"$ref":"#/$defs/models","description":"Every row goes to each of these models: the last axis of the matrix. In place of `model`. `--model` replaces the list by one model."},"system":{"$ref":"#/$defs/text","description":"System prompt: text, or `{file: prompts/system.md}`. May use the same variables as `prompt`."},"attachments":{"title":"list of files","description":"Images (PNG, JPEG, GIF, WebP) and PDFs that go out beside the prompt: names or patterns inside the repo. An entry with a variable, such as `{{ item.path }}`, is the name of one file.","type":["string","array"],"pattern":"\\S","items":{"title":"file name or pattern","type":"string","pattern":"\\S","examples":["diagram.png"]},"examples":[["diagram.png","reports/*.pdf"]]},"max_tokens":{"$ref":"#/$defs/count","description":"The longest answer, in tokens. Not sent unless given; Anthropic needs it."},"temperature":{"title":"number from 0 to 2","description":"Sampling temperature. Not sent unless given: current models refuse it, some even at its default.","type":"number","minimum":0,"maximum":2,"examples":[0,0.7]},"top_p":{"title":"number from 0 to 1","description":"Nucleus sampling. Not sent unless given: current models refuse it, some even at its default.","type":"number","minimum":0,"maximum":1,"examples":[0.9]},"stop":{"$ref":"#/$defs/textOrTexts","description":"Texts at which the answer ends.","examples":["\n\n"]},"reasoning":{"title":"reasoning effort","description":"How much the model thinks before it answers, where the model can be told.","type":"string","enum":["none","minimal","low","medium","high","xhigh","max"]},"schema":{"title":"JSON Schema","description":"What the answer must be: a JSON Schema, or `{file: schemas/finding.json}`. Sent as the provider's own structured output where it has one; the answer is checked in any case, and `output` is the parsed value.","type":"object","examples":[{"type":"object","properties":{"score":{"type":"integer"}},"required":["score"]}]},"expect":{"title":"condition or JSON Schema","description":"What the answer should be: a condition over `output` and the variables of `prompt`, or a JSON Schema (or `{file: schemas/label.json}`). An answer that does not meet it is kept, has `expected: false` in its record, and makes the run exit with 1. It is not sent.","type":["string","object"],"pattern":"\\S","examples":["output.confidence > 0.5",{"enum":["billing","refund"]}]},"on_truncated":{"title":"way to treat a truncated answer","description":"`fail` (the default) keeps what came as the partial output; `grow` asks once more with twice the `max_tokens`, up to the model's own limit.","type":"string","enum":["fail","grow"]},"prompt_cache":{"title":"`auto`, `off` or a lifetime","description":"Whether what comes before the first difference between tasks is cached. `auto` (the default): where it pays off. `off`: never. A lifetime: `5m` or `1h` at Anthropic, `30m` or `12h` at OpenAI.","type":"string","enum":["auto","off","5m","1h","30m","12h"]},"timeout":{"$ref":"#/$defs/duration","description":"The longest that one attempt may take, body included. Default 10m.","examples":["90s"]},"max_retries":{"title":"whole number from 0 to 100","description":"How often a failed attempt is repeated; 0 is a single attempt. Default 3.","type":"integer","minimum":0,"maximum":100,"examples":[3]},"repeat":{"title":"whole number from 1 to 1000","description":"How many samples to take of each request: `x#1`, `x#2`, …. Without it, tasks with the same request share one answer.","type":"integer","minimum":1,"maximum":1000,"examples":[3]},"if":{"title":"condition","description":"Runs the task only when the condition holds, over the same variables as `prompt`; else it is skipped.","type":["string","boolean"],"pattern":"\\S","examples":["needs.triage.output contains \"yes\""]},"tags":{"title":"list of tags","description":"Words by which tasks can be chosen.","type":"array","items":{"title":"tag","type":"string","pattern":"^\\S+$","examples":["nightly"]},"examples":[["nightly"]]},"context":{"title":"true or false","description":"`false` leaves the shared `context` out of this task.","type":"boolean"},"params":{"title":"map of parameters","description":"Passed through into the body of the request as they are.","type":"object","examples":[{"seed":7}]}},"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"examples":[{"model":"anthropic/claude-haiku-5-5","max_tokens":800}]},"providers":{"title":"map of providers","description":"Providers by name. Ready-made ones (anthropic, openai, openrouter, …) need no entry; an entry adds one or overrides parts.","type":"object","additionalProperties":{"$ref":"#/$defs/provider"},"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"examples":[{"anthropic":{"limits":{"rpm":50}}}]},"run":{"title":"map of run settings","description":"Settings of the run as a whole.","type":"object","properties":{"max_concurrent":{"title":"whole number from 1 to 10000","description":"Requests in flight over all providers. Default 64.","type":"integer","minimum":1,"maximum":10000,"examples":[16]},"fail_fast":{"title":"true or false","description":"Start nothing new after the first task that fails for good. Default false.","type":"boolean"},"timeout":{"$ref":"#/$defs/duration","description":"The longest that the whole run may take. No bound unless given.","examples":["2h"]},"mode":{"title":"mode","description":"`realtime` (default) sends a request per task. `batch` hands tasks to the provider's Batch API at its lower price, where it has one: answers may take a day. `--mode` overrides it.","type":"string","enum":["realtime","batch"]}},"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"examples":[{"max_concurrent":16}]},"budget":{"title":"map of bounds on the cost","description":"Bounds on the cost, kept before anything is sent: what a task can cost at most is set aside first. Every model then needs a known price and `max_tokens`.","type":"object","properties":{"max_cost_usd":{"title":"amount in US dollars","description":"The most that the whole run may cost.","type":"number","minimum":0,"maximum":1000000,"examples":[5]},"max_task_cost_usd":{"title":"amount in US dollars","description":"The most that one task may cost, its retries included.","type":"number","minimum":0,"maximum":1000000,"examples":[0.1]}},"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"examples":[{"max_cost_usd":5}]},"prices":{"title":"map of prices","description":"US dollars per million tokens, by `provider/model`. They win over the prices that come with Volley.","type":"object","patternProperties":{"^x-[^/]*$":{"description":"Yours: ignored by Volley."}},"additionalProperties":{"$ref":"#/$defs/price"},"examples":[{"local/qwen3":{"input":0,"output":0}}]},"tasks":{"title":"list of tasks","description":"What is asked: each entry is a text or a map of task fields.","type":"array","items":{"$ref":"#/$defs/task"},"examples":[["What is 2+2?"]]},"results":{"title":"map of result settings","description":"What the results hold.","type":"object","additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"properties":{"include":{"title":"list of `item` and `prompt`","description":"What each record has besides the answer: `item`, the row, and `prompt`, as it was sent. `--include` replaces it.","type":"array","items":{"title":"part of a record","type":"string","enum":["item","prompt"]},"examples":[["item","prompt"]]}},"examples":[{"include":["item"]}]},"batch":{"title":"map of batch settings","description":"How batches are made and collected, with `mode: batch`.","type":"object","additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"properties":{"leftovers":{"title":"mode","description":"How rows are sent again that a batch did not process: `realtime` (default), or in another `batch`.","type":"string","enum":["realtime","batch"]},"min_rows":{"title":"whole number from 1 to 10000","description":"Tasks of a later level of `needs`, or a remainder, go in realtime if they are fewer. Default 10.","type":"integer","minimum":1,"maximum":10000,"examples":[50]},"keep_files":{"title":"true or false","description":"Leave input and output files with the provider once their rows are in the results. Default false.","type":"boolean"}},"examples":[{"leftovers":"batch"}]},"response_cache":{"title":"map of cache settings","description":"Answers are taken from this folder if any run has left them there, and left there. `--response-cache` replaces the folder; `--response-cache off` leaves it out.","type":"object","additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"properties":{"dir":{"title":"folder name","description":"Folder below the manifest, made on first use. Left out, it is in your cache folder.","type":"string","pattern":"\\S","examples":[".cache/volley"]},"ttl":{"title":"duration","description":"Older answers are not used; default 90 days.","$ref":"#/$defs/duration"}},"examples":[{"dir":".cache/volley","ttl":"7d"}]},"output":{"title":"file name","description":"File for the results (JSONL); else they go to stdout.","type":"string","pattern":"\\S","examples":["results.jsonl"]}},"$defs":{"task":{"title":"text or a map of task fields","description":"One task: a bare text is its prompt.","type":["string","object"],"anyOf":[{"required":["prompt"]},{"required":["messages"]}],"properties":{"id":{"$ref":"#/$defs/taskId","description":"Name of the task in results and messages. Left out, it is `task-1`, `task-2`, … by place."},"prompt":{"$ref":"#/$defs/text","description":"What is asked: text, or `{file: prompts/review.md}`. May use `{{ vars.x }}`, `{{ item }}`, `{{ matrix.x }}` and `{{ needs.x.output }}`.","examples":["Review {{ item.path }}:\n{{ item.text }}"]},"messages":{"title":"list of messages","description":"A conversation in place of `prompt`, for few-shot examples: the last message is from the user. Each text may use the same variables as `prompt`.","type":"array","minItems":1,"items":{"title":"message `{role, content}`","type":"object","required":["role","content"],"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"properties":{"role":{"title":"role","description":"Who says it.","type":"string","enum":["user","assistant"]},"content":{"$ref":"#/$defs/text","description":"What is said: text, or `{file: prompts/example.md}`."}},"examples":[{"role":"user","content":"2+2?"}]},"examples":[[{"role":"user","content":"2+2?"},{"role":"assistant","content":"4"},{"role":"user","content":"{{ item }}"}]]},"model":{"$ref":"#/$defs/model","description":"The provider and its model: `provider/model`; or a list: the next is asked when one is out of quota, overloaded past its retries, or refuses."},"models":{"$ref":"#/$defs/models","description":"Every row goes to each of these models: the last axis of the matrix. In place of `model`. `--model` replaces the list by one model."},"system":{"$ref":"#/$defs/text","description":"System prompt: text, or `{file: prompts/system.md}`. May use the same variables as `prompt`."},"attachments":{"title":"list of files","description":"Images (PNG, JPEG, GIF, WebP) and PDFs that go out beside the prompt: names or patterns inside the repo. An entry with a variable, such as `{{ item.path }}`, is the name of one file.","type":["string","array"],"pattern":"\\S","items":{"title":"file name or pattern","type":"string","pattern":"\\S","examples":["diagram.png"]},"examples":[["diagram.png","reports/*.pdf"]]},"max_tokens":{"$ref":"#/$defs/count","description":"The longest answer, in tokens. Not sent unless given; Anthropic needs it."},"temperature":{"title":"number from 0 to 2","description":"Sampling temperature. Not sent unless given: current models refuse it, some even at its default.","type":"number","minimum":0,"maximum":2,"examples":[0,0.7]},"top_p":{"title":"number from 0 to 1","description":"Nucleus sampling. Not sent unless given: current models refuse it, some even at its default.","type":"number","minimum":0,"maximum":1,"examples":[0.9]},"stop":{"$ref":"#/$defs/textOrTexts","description":"Texts at which the answer ends.","examples":["\n\n"]},"reasoning":{"title":"reasoning effort","description":"How much the model thinks before it answers, where the model can be told.","type":"string","enum":["none","minimal","low","medium","high","xhigh","max"]},"schema":{"title":"JSON Schema","description":"What the answer must be: a JSON Schema, or `{file: schemas/finding.json}`. Sent as the provider's own structured output where it has one; the answer is checked in any case, and `output` is the parsed value.","type":"object","examples":[{"type":"object","properties":{"score":{"type":"integer"}},"required":["score"]}]},"expect":{"title":"condition or JSON Schema","description":"What the answer should be: a condition over `output` and the variables of `prompt`, or a JSON Schema (or `{file: schemas/label.json}`). An answer that does not meet it is kept, has `expected: false` in its record, and makes the run exit with 1. It is not sent.","type":["string","object"],"pattern":"\\S","examples":["output.confidence > 0.5",{"enum":["billing","refund"]}]},"on_truncated":{"title":"way to treat a truncated answer","description":"`fail` (the default) keeps what came as the partial output; `grow` asks once more with twice the `max_tokens`, up to the model's own limit.","type":"string","enum":["fail","grow"]},"prompt_cache":{"title":"`auto`, `off` or a lifetime","description":"Whether what comes before the first difference between tasks is cached. `auto` (the default): where it pays off. `off`: never. A lifetime: `5m` or `1h` at Anthropic, `30m` or `12h` at OpenAI.","type":"string","enum":["auto","off","5m","1h","30m","12h"]},"timeout":{"$ref":"#/$defs/duration","description":"The longest that one attempt may take, body included. Default 10m.","examples":["90s"]},"max_retries":{"title":"whole number from 0 to 100","description":"How often a failed attempt is repeated; 0 is a single attempt. Default 3.","type":"integer","minimum":0,"maximum":100,"examples":[3]},"for_each":{"$ref":"#/$defs/forEach","description":"One task per row: a list, or `{glob: \"src/**/*.ts\"}`, or `{file: rows.csv}`; or one per result of another task: `{needs: review}`."},"matrix":{"$ref":"#/$defs/matrix","description":"One task per combination of values, with `include` and `exclude` as in GitHub Actions."},"repeat":{"title":"whole number from 1 to 1000","description":"How many samples to take of each request: `x#1`, `x#2`, …. Without it, tasks with the same request share one answer.","type":"integer","minimum":1,"maximum":1000,"examples":[3]},"needs":{"title":"list of task ids","description":"Tasks that end before this one starts. Their results are `{{ needs.<id> }}`: a list where the needed task has `for_each`, `matrix` or `repeat`, else one object.","type":["string","array"],"items":{"$ref":"#/$defs/need"},"examples":[["review"]]},"if":{"title":"condition","description":"Runs the task only when the condition holds, over the same variables as `prompt`; else it is skipped.","type":["string","boolean"],"pattern":"\\S","examples":["needs.triage.output contains \"yes\""]},"tags":{"title":"list of tags","description":"Words by which tasks can be chosen.","type":"array","items":{"title":"tag","type":"string","pattern":"^\\S+$","examples":["nightly"]},"examples":[["nightly"]]},"context":{"title":"true or false","description":"`false` leaves the shared `context` out of this task.","type":"boolean"},"params":{"title":"map of parameters","description":"Passed through into the body of the request as they are.","type":"object","examples":[{"seed":7}]}},"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"examples":["What is 2+2?"]},"taskId":{"title":"task id","type":"string","pattern":"^[A-Za-z0-9_][A-Za-z0-9_.-]*$","examples":["review"]},"models":{"title":"list of models","type":"array","minItems":1,"items":{"title":"model","type":"string","pattern":"^[^/\\s]+/\\S+$","examples":["anthropic/claude-haiku-5-5"]},"examples":[["anthropic/claude-haiku-5-5","openai/gpt-6.1-sol"]]},"model":{"title":"model","type":["string","array"],"pattern":"^[^/\\s]+/\\S+$","minItems":1,"items":{"title":"model","type":"string","pattern":"^[^/\\s]+/\\S+$","examples":["anthropic/claude-haiku-5-5"]},"examples":["anthropic/claude-haiku-5-5","openai/gpt-6.1-sol","mock/echo"]},"text":{"title":"text or `{file: …}`","type":["string","object"],"properties":{"file":{"$ref":"#/$defs/fileName"}},"required":["file"],"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}}},"fileName":{"title":"file name","description":"Relative to the manifest; inside the repo.","type":"string","pattern":"\\S","examples":["prompts/review.md"]},"textOrTexts":{"title":"text or a list of texts","type":["string","array"],"examples":["END",["END","STOP"]],"items":{"title":"text","type":"string","examples":["END"]}},"duration":{"title":"duration","type":"string","pattern":"^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$","examples":["90s","500ms","2m","1h30m"]},"count":{"title":"count","type":["integer","string"],"minimum":1,"pattern":"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$","examples":[800,"30k","1.5M"]},"need":{"title":"task id or `{id, allow_failed}`","type":["string","object"],"properties":{"id":{"title":"task id","description":"The task that is needed.","type":"string","examples":["review"]},"allow_failed":{"title":"true or false","description":"`true` continues with those that succeeded. Default false: one that failed skips this task.","type":"boolean"}},"required":["id"],"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"examples":[{"id":"review","allow_failed":true}]},"forEach":{"title":"list of rows, `{glob: …}`, `{file: …}`, `{files: …}` or `{needs: …}`","type":["array","object"],"properties":{"glob":{"title":"pattern or a list of patterns","description":"One row per file that matches: `{{ item.path }}`, `{{ item.name }}`, `{{ item.text }}`, ….","type":["string","array"],"items":{"title":"pattern","type":"string","examples":["src/**/*.ts"]},"examples":["src/**/*.ts"]},"file":{"title":"file name","description":"One row per record of a CSV, TSV, JSONL, JSON, YAML or Parquet file, or per line of a text file; `-` is stdin.","type":"string","pattern":"\\S","examples":["rows.csv"]},"files":{"title":"file of paths or a list of paths","description":"One row per path, each read like a file of a glob: a file with a path on each line (`-` is stdin), or a list.","type":["string","array"],"pattern":"\\S","items":{"title":"path","type":"string","pattern":"\\S","examples":["src/auth.ts"]},"examples":["changed.txt"]},"needs":{"title":"task id","description":"One task per result of that task, under the same key, each as soon as its own is there.","type":"string","examples":["review"]},"format":{"title":"file format","description":"Where the file's extension does not say it.","type":"string","enum":["csv","tsv","jsonl","json","yaml","parquet","lines"]},"delimiter":{"title":"delimiter","description":"What separates the values of a CSV file. Without it, the first line shows whether that is a comma, a semicolon, a tab or a pipe.","type":"string","enum":[",",";","\t","|"]},"encoding":{"title":"encoding","description":"Encoding of the file; default `utf-8`. Bytes that are not valid in it are an error.","type":"string","enum":["utf-8","utf-16","windows-1252"]},"key":{"title":"column name","description":"Column or field that makes the key of each id: `review@<key>`.","type":"string","pattern":"\\S","examples":["id"]}},"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"examples":[{"glob":"src/**/*.ts"}]},"matrix":{"title":"map of lists","type":"object","properties":{"include":{"title":"list of combinations","description":"Combinations to add, or values to add to those that match.","type":"array","items":{"title":"map of values","type":"object","examples":[{"lens":"style"}]},"examples":[[{"lens":"style"}]]},"exclude":{"title":"list of combinations","description":"Combinations to leave out; a part of one matches all that have it.","type":"array","items":{"title":"map of values","type":"object","examples":[{"lens":"style"}]},"examples":[[{"lens":"style"}]]}},"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"additionalProperties":{"title":"list of values","type":"array","examples":[["bugs","style"]]},"examples":[{"lens":["bugs","style"]}]},"provider":{"title":"map of provider settings","type":"object","properties":{"type":{"title":"wire format","description":"The API that the server speaks.","type":"string","enum":["anthropic","openai","mock"]},"base_url":{"title":"address","description":"Address of the server: https, or http on this machine. Other hosts than the provider's own, and http elsewhere, must be allowed by the caller.","type":"string","examples":["http://127.0.0.1:11434/v1"]},"base_url_env":{"$ref":"#/$defs/variable","description":"NAME of the environment variable that overrides `base_url`.","examples":["LOCAL_LLM_URL"]},"api_key_env":{"$ref":"#/$defs/variable","description":"NAME of the environment variable that holds the key. The key itself never stands in a manifest.","examples":["LOCAL_LLM_KEY"]},"api":{"title":"OpenAI API","description":"Which of OpenAI's two APIs the server speaks; `responses` is the default for OpenAI itself, `chat` elsewhere.","type":"string","enum":["responses","chat"]},"api_version":{"title":"text","description":"Value of the `anthropic-version` header.","type":"string","pattern":"^[A-Za-z0-9._-]+$","examples":["2023-06-01"]},"auth":{"title":"way to send the key","description":"`bearer` sends the key as `Authorization: Bearer …`, `x-api-key` and `api-key` in the header of that name, `none` sends none. Default: as is usual on the wire.","type":"string","enum":["bearer","x-api-key","api-key","none"]},"headers":{"title":"map of headers","description":"Headers to send with each request. A secret does not belong here: see `headers_env`.","type":"object","maxProperties":50,"propertyNames":{"$ref":"#/$defs/headerName"},"additionalProperties":{"title":"text on one line","type":"string","pattern":"^[ -~]{0,4096}$","examples":["team-a"]},"examples":[{"x-team":"reviews"}]},"headers_env":{"title":"map of headers","description":"Headers whose value is in an environment variable, by the NAME of that variable. Like a key, it is sent only to a host that the caller bound it to.","type":"object","maxProperties":50,"propertyNames":{"$ref":"#/$defs/headerName"},"additionalProperties":{"$ref":"#/$defs/variable","examples":["GATEWAY_TOKEN"]},"examples":[{"cf-aig-authorization":"GATEWAY_TOKEN"}]},"query":{"title":"map of parameters","description":"Parameters that are added to the address of each request.","type":"object","maxProperties":50,"propertyNames":{"title":"name of a parameter","pattern":"^[A-Za-z][A-Za-z0-9._-]*$","examples":["api-version"]},"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"additionalProperties":{"title":"text on one line","type":"string","pattern":"^[ -~]{0,4096}$","examples":["2026-10-21"]},"examples":[{"api-version":"2026-10-21"}]},"max_tokens_field":{"title":"field name","description":"Field of Chat Completions that a task's `max_tokens` is sent in. Default: `max_completion_tokens` for OpenAI's own hosts, `max_tokens` for others, and the other one if the server refuses it.","type":"string","enum":["max_tokens","max_completion_tokens","max_output_tokens","max_new_tokens"]},"stream":{"title":"when to stream","description":"Whether answers come as a stream between the server and Volley; records are the same. `auto` (default) streams long answers of Anthropic, and once a connection that was quiet for long is cut on the way.","type":"string","enum":["auto","always","never"]},"structured_output":{"title":"way to tell a schema","description":"`native` uses the API's structured output, `prompt` writes the schema into the prompt. Default: what is known of the provider; `prompt` for other servers that speak Chat Completions or Anthropic's API.","type":"string","enum":["native","prompt"]},"attachments":{"title":"kind of attachments","description":"What its models take beside text. Default: what is known of the provider; `images` for other servers that speak Chat Completions.","type":"string","enum":["none","images","all"]},"limits":{"$ref":"#/$defs/limits","description":"Limits that hold for each model of this provider by itself, unless the model names its own: two models under `rpm: 50` may send 100 a minute together. To share one limit, declare a part of it for each model."},"models":{"title":"map of models","description":"Settings by model, named as the provider does.","type":"object","patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"additionalProperties":{"title":"map of model settings","type":"object","examples":[{"limits":{"rpm":50}}],"properties":{"limits":{"$ref":"#/$defs/limits","description":"Limits of this model alone; each wins over the provider's of the same name."},"max_tokens":{"$ref":"#/$defs/count","description":"The longest answer that the model gives, in tokens: `on_truncated: grow` goes no further.","examples":["64k"]}},"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}}},"examples":[{"claude-haiku-5-5":{"limits":{"itpm":"50k"}}}]},"batch":{"title":"true or false","description":"Whether the server has the batch interface of its wire: a Batch API in OpenAI's shape, or Message Batches. Default: `openai`, `anthropic` and mocks have.","type":"boolean"},"mock":{"$ref":"#/$defs/mock","description":"How a provider of type `mock` behaves."}},"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"examples":[{"limits":{"rpm":50}}]},"price":{"title":"price","description":"US dollars per million tokens.","type":"object","required":["input","output"],"properties":{"input":{"title":"price in US dollars per million tokens","description":"Of input that is neither read from nor written to a cache.","type":"number","minimum":0,"maximum":1000000,"examples":[2]},"output":{"title":"price in US dollars per million tokens","description":"Of output, reasoning included.","type":"number","minimum":0,"maximum":1000000,"examples":[10]},"cache_read":{"title":"price in US dollars per million tokens","description":"Of input read from a cache. Default: the price of `input`.","type":"number","minimum":0,"maximum":1000000,"examples":[0.2]},"cache_write":{"title":"price in US dollars per million tokens","description":"Of input written to a cache for minutes. Default: 1.25 times `input`.","type":"number","minimum":0,"maximum":1000000,"examples":[2.5]},"cache_write_1h":{"title":"price in US dollars per million tokens","description":"Of input written to a cache for an hour or longer. Default: twice `input`.","type":"number","minimum":0,"maximum":1000000,"examples":[4]},"batch":{"title":"factor","description":"What a bill is multiplied by when the batch service did the work.","type":"number","minimum":0,"maximum":100,"examples":[0.5]},"flex":{"title":"factor","description":"The same for the flex service.","type":"number","minimum":0,"maximum":100,"examples":[0.5]},"fast":{"title":"factor","description":"The same for fast mode or priority processing.","type":"number","minimum":0,"maximum":100,"examples":[2]},"above":{"title":"map of long-prompt prices","description":"Prompt tokens, and the prices of a whole request whose prompt has more of them. Prices left out grow as `input` does.","type":"object","additionalProperties":{"title":"map of prices","type":"object","minProperties":1,"properties":{"input":{"title":"price in US dollars per million tokens","description":"Of input that is neither read from nor written to a cache.","type":"number","minimum":0,"maximum":1000000,"examples":[2]},"output":{"title":"price in US dollars per million tokens","description":"Of output, reasoning included.","type":"number","minimum":0,"maximum":1000000,"examples":[10]},"cache_read":{"title":"price in US dollars per million tokens","description":"Of input read from a cache. Default: the price of `input`.","type":"number","minimum":0,"maximum":1000000,"examples":[0.2]},"cache_write":{"title":"price in US dollars per million tokens","description":"Of input written to a cache for minutes. Default: 1.25 times `input`.","type":"number","minimum":0,"maximum":1000000,"examples":[2.5]},"cache_write_1h":{"title":"price in US dollars per million tokens","description":"Of input written to a cache for an hour or longer. Default: twice `input`.","type":"number","minimum":0,"maximum":1000000,"examples":[4]}},"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"examples":[{"input":4,"output":15}]},"examples":[{"272000":{"input":4,"output":15}}]}},"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"examples":[{"input":2,"output":10}]},"headerName":{"title":"name of a header","type":"string","pattern":"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$","examples":["X-Team"]},"variable":{"title":"name of an environment variable","type":"string","pattern":"^[A-Za-z_][A-Za-z0-9_]*$"},"limits":{"title":"map of limits","type":"object","properties":{"rpm":{"$ref":"#/$defs/count","description":"Requests per minute.","examples":[50]},"rps":{"$ref":"#/$defs/rate","description":"Requests per second.","examples":[2]},"rpd":{"$ref":"#/$defs/count","description":"Requests per day.","examples":["10k"]},"tpm":{"$ref":"#/$defs/count","description":"Tokens per minute, input and output together.","examples":["200k"]},"itpm":{"$ref":"#/$defs/count","description":"Input tokens per minute.","examples":["30k"]},"otpm":{"$ref":"#/$defs/count","description":"Output tokens per minute.","examples":["8k"]},"concurrency":{"title":"whole number or `{start, max}`","description":"Requests in flight.","type":["integer","object"],"minimum":1,"maximum":10000,"properties":{"start":{"title":"whole number from 1 to 10000","description":"Where the run begins.","type":"integer","minimum":1,"maximum":10000,"examples":[4]},"max":{"title":"whole number from 1 to 10000","description":"Never more than this.","type":"integer","minimum":1,"maximum":10000,"examples":[32]}},"required":["start","max"],"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"examples":[8,{"start":4,"max":32}]}},"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"examples":[{"rpm":50,"itpm":"30k","concurrency":8}]},"rate":{"title":"number above 0","type":"number","examples":[0.5,10],"exclusiveMinimum":0,"maximum":1000000},"mock":{"title":"map of mock settings","type":"object","properties":{"seed":{"title":"whole number","description":"The same seed gives the same answers. Default 1.","type":"integer","minimum":0,"maximum":4294967295,"examples":[7]},"latency":{"title":"duration or `[min, max]`","description":"How long an answer takes.","type":["string","array"],"minItems":2,"maxItems":2,"items":{"$ref":"#/$defs/duration"},"examples":["300ms",["200ms","2s"]]},"output_tokens":{"title":"count or `[min, max]`","description":"How long an answer is.","type":["integer","string","array"],"minimum":1,"minItems":2,"maxItems":2,"items":{"$ref":"#/$defs/count"},"examples":[120,[50,200]]},"missing_usage":{"title":"number from 0 to 1","description":"Share of the answers that come without usage, as those of some servers do. Default 0.","type":"number","minimum":0,"maximum":1,"examples":[0.1]},"errors":{"title":"list of `{status, rate}`","description":"Faults: HTTP status and share of attempts.","type":"array","items":{"title":"`{status, rate}`","type":"object","properties":{"status":{"title":"HTTP status from 400 to 599","description":"HTTP status of the failure.","type":"integer","minimum":400,"maximum":599,"examples":[429]},"rate":{"title":"number from 0 to 1","description":"Share of attempts that fail so.","type":"number","minimum":0,"maximum":1,"examples":[0.05]}},"required":["status","rate"],"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"examples":[{"status":429,"rate":0.05}]},"examples":[[{"status":429,"rate":0.05}]]},"batch":{"title":"map of batch settings","description":"How its batches behave.","type":"object","properties":{"duration":{"title":"duration or `[min, max]`","description":"How long a batch takes. Default 1s to 3s.","type":["string","array"],"minItems":2,"maxItems":2,"items":{"$ref":"#/$defs/duration"},"examples":["2s",["1s","1m"]]},"expired":{"title":"number from 0 to 1","description":"Share of the rows that expire without an answer. Default 0.","type":"number","minimum":0,"maximum":1,"examples":[0.05]}},"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"examples":[{"duration":"2s"}]},"answer":{"title":"text","description":"Fixed answer; without it the mock repeats what it was asked.","type":"string","examples":["42"]}},"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"examples":[{"seed":7,"latency":["200ms","2s"]}]}}};
const schema33 = {"title":"file name","description":"Relative to the manifest; inside the repo.","type":"string","pattern":"\\S","examples":["prompts/review.md"]};
const schema35 = {"title":"model","type":["string","array"],"pattern":"^[^/\\s]+/\\S+$","minItems":1,"items":{"title":"model","type":"string","pattern":"^[^/\\s]+/\\S+$","examples":["anthropic/claude-haiku-5-5"]},"examples":["anthropic/claude-haiku-5-5","openai/gpt-6.1-sol","mock/echo"]};
const schema36 = {"title":"list of models","type":"array","minItems":1,"items":{"title":"model","type":"string","pattern":"^[^/\\s]+/\\S+$","examples":["anthropic/claude-haiku-5-5"]},"examples":[["anthropic/claude-haiku-5-5","openai/gpt-6.1-sol"]]};
const schema37 = {"title":"count","type":["integer","string"],"minimum":1,"pattern":"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$","examples":[800,"30k","1.5M"]};
const schema38 = {"title":"text or a list of texts","type":["string","array"],"examples":["END",["END","STOP"]],"items":{"title":"text","type":"string","examples":["END"]}};
const schema39 = {"title":"duration","type":"string","pattern":"^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$","examples":["90s","500ms","2m","1h30m"]};
const schema59 = {"title":"price","description":"US dollars per million tokens.","type":"object","required":["input","output"],"properties":{"input":{"title":"price in US dollars per million tokens","description":"Of input that is neither read from nor written to a cache.","type":"number","minimum":0,"maximum":1000000,"examples":[2]},"output":{"title":"price in US dollars per million tokens","description":"Of output, reasoning included.","type":"number","minimum":0,"maximum":1000000,"examples":[10]},"cache_read":{"title":"price in US dollars per million tokens","description":"Of input read from a cache. Default: the price of `input`.","type":"number","minimum":0,"maximum":1000000,"examples":[0.2]},"cache_write":{"title":"price in US dollars per million tokens","description":"Of input written to a cache for minutes. Default: 1.25 times `input`.","type":"number","minimum":0,"maximum":1000000,"examples":[2.5]},"cache_write_1h":{"title":"price in US dollars per million tokens","description":"Of input written to a cache for an hour or longer. Default: twice `input`.","type":"number","minimum":0,"maximum":1000000,"examples":[4]},"batch":{"title":"factor","description":"What a bill is multiplied by when the batch service did the work.","type":"number","minimum":0,"maximum":100,"examples":[0.5]},"flex":{"title":"factor","description":"The same for the flex service.","type":"number","minimum":0,"maximum":100,"examples":[0.5]},"fast":{"title":"factor","description":"The same for fast mode or priority processing.","type":"number","minimum":0,"maximum":100,"examples":[2]},"above":{"title":"map of long-prompt prices","description":"Prompt tokens, and the prices of a whole request whose prompt has more of them. Prices left out grow as `input` does.","type":"object","additionalProperties":{"title":"map of prices","type":"object","minProperties":1,"properties":{"input":{"title":"price in US dollars per million tokens","description":"Of input that is neither read from nor written to a cache.","type":"number","minimum":0,"maximum":1000000,"examples":[2]},"output":{"title":"price in US dollars per million tokens","description":"Of output, reasoning included.","type":"number","minimum":0,"maximum":1000000,"examples":[10]},"cache_read":{"title":"price in US dollars per million tokens","description":"Of input read from a cache. Default: the price of `input`.","type":"number","minimum":0,"maximum":1000000,"examples":[0.2]},"cache_write":{"title":"price in US dollars per million tokens","description":"Of input written to a cache for minutes. Default: 1.25 times `input`.","type":"number","minimum":0,"maximum":1000000,"examples":[2.5]},"cache_write_1h":{"title":"price in US dollars per million tokens","description":"Of input written to a cache for an hour or longer. Default: twice `input`.","type":"number","minimum":0,"maximum":1000000,"examples":[4]}},"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"examples":[{"input":4,"output":15}]},"examples":[{"272000":{"input":4,"output":15}}]}},"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"examples":[{"input":2,"output":10}]};
const func1 = Object.prototype.hasOwnProperty;
const pattern4 = new RegExp("^x-", "u");
const pattern6 = new RegExp("\\S", "u");
const pattern10 = new RegExp("^[^/\\s]+/\\S+$", "u");
const pattern15 = new RegExp("^\\d[\\d_]*(\\.\\d+)?[kKmM]?$", "u");
const pattern17 = new RegExp("^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$", "u");
const pattern19 = new RegExp("^\\S+$", "u");
const pattern51 = new RegExp("^x-[^/]*$", "u");
const schema32 = {"title":"text or `{file: …}`","type":["string","object"],"properties":{"file":{"$ref":"#/$defs/fileName"}},"required":["file"],"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}}};

function validate21(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate21.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if((typeof data !== "string") && (!(data && typeof data == "object" && !Array.isArray(data)))){
const err0 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: schema32.type},message:"must be string,object",schema:schema32.type,parentSchema:schema32,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.file === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "file"},message:"must have required property '"+"file"+"'",schema:schema32.required,parentSchema:schema32,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
for(const key0 in data){
if(!((key0 === "file") || (pattern4.test(key0)))){
const err2 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema32,data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.file !== undefined){
let data0 = data.file;
if(typeof data0 === "string"){
if(!pattern6.test(data0)){
const err3 = {instancePath:instancePath+"/file",schemaPath:"#/$defs/fileName/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema33,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath:instancePath+"/file",schemaPath:"#/$defs/fileName/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema33.type,parentSchema:schema33,data:data0};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
}
validate21.errors = vErrors;
return errors === 0;
}
validate21.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const schema40 = {"title":"map of provider settings","type":"object","properties":{"type":{"title":"wire format","description":"The API that the server speaks.","type":"string","enum":["anthropic","openai","mock"]},"base_url":{"title":"address","description":"Address of the server: https, or http on this machine. Other hosts than the provider's own, and http elsewhere, must be allowed by the caller.","type":"string","examples":["http://127.0.0.1:11434/v1"]},"base_url_env":{"$ref":"#/$defs/variable","description":"NAME of the environment variable that overrides `base_url`.","examples":["LOCAL_LLM_URL"]},"api_key_env":{"$ref":"#/$defs/variable","description":"NAME of the environment variable that holds the key. The key itself never stands in a manifest.","examples":["LOCAL_LLM_KEY"]},"api":{"title":"OpenAI API","description":"Which of OpenAI's two APIs the server speaks; `responses` is the default for OpenAI itself, `chat` elsewhere.","type":"string","enum":["responses","chat"]},"api_version":{"title":"text","description":"Value of the `anthropic-version` header.","type":"string","pattern":"^[A-Za-z0-9._-]+$","examples":["2023-06-01"]},"auth":{"title":"way to send the key","description":"`bearer` sends the key as `Authorization: Bearer …`, `x-api-key` and `api-key` in the header of that name, `none` sends none. Default: as is usual on the wire.","type":"string","enum":["bearer","x-api-key","api-key","none"]},"headers":{"title":"map of headers","description":"Headers to send with each request. A secret does not belong here: see `headers_env`.","type":"object","maxProperties":50,"propertyNames":{"$ref":"#/$defs/headerName"},"additionalProperties":{"title":"text on one line","type":"string","pattern":"^[ -~]{0,4096}$","examples":["team-a"]},"examples":[{"x-team":"reviews"}]},"headers_env":{"title":"map of headers","description":"Headers whose value is in an environment variable, by the NAME of that variable. Like a key, it is sent only to a host that the caller bound it to.","type":"object","maxProperties":50,"propertyNames":{"$ref":"#/$defs/headerName"},"additionalProperties":{"$ref":"#/$defs/variable","examples":["GATEWAY_TOKEN"]},"examples":[{"cf-aig-authorization":"GATEWAY_TOKEN"}]},"query":{"title":"map of parameters","description":"Parameters that are added to the address of each request.","type":"object","maxProperties":50,"propertyNames":{"title":"name of a parameter","pattern":"^[A-Za-z][A-Za-z0-9._-]*$","examples":["api-version"]},"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"additionalProperties":{"title":"text on one line","type":"string","pattern":"^[ -~]{0,4096}$","examples":["2026-10-21"]},"examples":[{"api-version":"2026-10-21"}]},"max_tokens_field":{"title":"field name","description":"Field of Chat Completions that a task's `max_tokens` is sent in. Default: `max_completion_tokens` for OpenAI's own hosts, `max_tokens` for others, and the other one if the server refuses it.","type":"string","enum":["max_tokens","max_completion_tokens","max_output_tokens","max_new_tokens"]},"stream":{"title":"when to stream","description":"Whether answers come as a stream between the server and Volley; records are the same. `auto` (default) streams long answers of Anthropic, and once a connection that was quiet for long is cut on the way.","type":"string","enum":["auto","always","never"]},"structured_output":{"title":"way to tell a schema","description":"`native` uses the API's structured output, `prompt` writes the schema into the prompt. Default: what is known of the provider; `prompt` for other servers that speak Chat Completions or Anthropic's API.","type":"string","enum":["native","prompt"]},"attachments":{"title":"kind of attachments","description":"What its models take beside text. Default: what is known of the provider; `images` for other servers that speak Chat Completions.","type":"string","enum":["none","images","all"]},"limits":{"$ref":"#/$defs/limits","description":"Limits that hold for each model of this provider by itself, unless the model names its own: two models under `rpm: 50` may send 100 a minute together. To share one limit, declare a part of it for each model."},"models":{"title":"map of models","description":"Settings by model, named as the provider does.","type":"object","patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"additionalProperties":{"title":"map of model settings","type":"object","examples":[{"limits":{"rpm":50}}],"properties":{"limits":{"$ref":"#/$defs/limits","description":"Limits of this model alone; each wins over the provider's of the same name."},"max_tokens":{"$ref":"#/$defs/count","description":"The longest answer that the model gives, in tokens: `on_truncated: grow` goes no further.","examples":["64k"]}},"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}}},"examples":[{"claude-haiku-5-5":{"limits":{"itpm":"50k"}}}]},"batch":{"title":"true or false","description":"Whether the server has the batch interface of its wire: a Batch API in OpenAI's shape, or Message Batches. Default: `openai`, `anthropic` and mocks have.","type":"boolean"},"mock":{"$ref":"#/$defs/mock","description":"How a provider of type `mock` behaves."}},"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"examples":[{"limits":{"rpm":50}}]};
const schema41 = {"title":"name of an environment variable","type":"string","pattern":"^[A-Za-z_][A-Za-z0-9_]*$"};
const schema43 = {"title":"name of a header","type":"string","pattern":"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$","examples":["X-Team"]};
const pattern22 = new RegExp("^[A-Za-z_][A-Za-z0-9_]*$", "u");
const pattern24 = new RegExp("^[A-Za-z0-9._-]+$", "u");
const pattern25 = new RegExp("^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$", "u");
const pattern26 = new RegExp("^[ -~]{0,4096}$", "u");
const pattern29 = new RegExp("^[A-Za-z][A-Za-z0-9._-]*$", "u");
const schema46 = {"title":"map of limits","type":"object","properties":{"rpm":{"$ref":"#/$defs/count","description":"Requests per minute.","examples":[50]},"rps":{"$ref":"#/$defs/rate","description":"Requests per second.","examples":[2]},"rpd":{"$ref":"#/$defs/count","description":"Requests per day.","examples":["10k"]},"tpm":{"$ref":"#/$defs/count","description":"Tokens per minute, input and output together.","examples":["200k"]},"itpm":{"$ref":"#/$defs/count","description":"Input tokens per minute.","examples":["30k"]},"otpm":{"$ref":"#/$defs/count","description":"Output tokens per minute.","examples":["8k"]},"concurrency":{"title":"whole number or `{start, max}`","description":"Requests in flight.","type":["integer","object"],"minimum":1,"maximum":10000,"properties":{"start":{"title":"whole number from 1 to 10000","description":"Where the run begins.","type":"integer","minimum":1,"maximum":10000,"examples":[4]},"max":{"title":"whole number from 1 to 10000","description":"Never more than this.","type":"integer","minimum":1,"maximum":10000,"examples":[32]}},"required":["start","max"],"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"examples":[8,{"start":4,"max":32}]}},"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"examples":[{"rpm":50,"itpm":"30k","concurrency":8}]};
const schema48 = {"title":"number above 0","type":"number","examples":[0.5,10],"exclusiveMinimum":0,"maximum":1000000};

function validate25(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate25.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((((((((key0 === "rpm") || (key0 === "rps")) || (key0 === "rpd")) || (key0 === "tpm")) || (key0 === "itpm")) || (key0 === "otpm")) || (key0 === "concurrency")) || (pattern4.test(key0)))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema46,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.rpm !== undefined){
let data0 = data.rpm;
if((!(((typeof data0 == "number") && (!(data0 % 1) && !isNaN(data0))) && (isFinite(data0)))) && (typeof data0 !== "string")){
const err1 = {instancePath:instancePath+"/rpm",schemaPath:"#/$defs/count/type",keyword:"type",params:{type: schema37.type},message:"must be integer,string",schema:schema37.type,parentSchema:schema37,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if((typeof data0 == "number") && (isFinite(data0))){
if(data0 < 1 || isNaN(data0)){
const err2 = {instancePath:instancePath+"/rpm",schemaPath:"#/$defs/count/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema37,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(typeof data0 === "string"){
if(!pattern15.test(data0)){
const err3 = {instancePath:instancePath+"/rpm",schemaPath:"#/$defs/count/pattern",keyword:"pattern",params:{pattern: "^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"},message:"must match pattern \""+"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"+"\"",schema:"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$",parentSchema:schema37,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
}
if(data.rps !== undefined){
let data1 = data.rps;
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 > 1000000 || isNaN(data1)){
const err4 = {instancePath:instancePath+"/rps",schemaPath:"#/$defs/rate/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema48,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data1 <= 0 || isNaN(data1)){
const err5 = {instancePath:instancePath+"/rps",schemaPath:"#/$defs/rate/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},message:"must be > 0",schema:0,parentSchema:schema48,data:data1};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/rps",schemaPath:"#/$defs/rate/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema48.type,parentSchema:schema48,data:data1};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.rpd !== undefined){
let data2 = data.rpd;
if((!(((typeof data2 == "number") && (!(data2 % 1) && !isNaN(data2))) && (isFinite(data2)))) && (typeof data2 !== "string")){
const err7 = {instancePath:instancePath+"/rpd",schemaPath:"#/$defs/count/type",keyword:"type",params:{type: schema37.type},message:"must be integer,string",schema:schema37.type,parentSchema:schema37,data:data2};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 < 1 || isNaN(data2)){
const err8 = {instancePath:instancePath+"/rpd",schemaPath:"#/$defs/count/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema37,data:data2};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(typeof data2 === "string"){
if(!pattern15.test(data2)){
const err9 = {instancePath:instancePath+"/rpd",schemaPath:"#/$defs/count/pattern",keyword:"pattern",params:{pattern: "^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"},message:"must match pattern \""+"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"+"\"",schema:"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$",parentSchema:schema37,data:data2};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
}
if(data.tpm !== undefined){
let data3 = data.tpm;
if((!(((typeof data3 == "number") && (!(data3 % 1) && !isNaN(data3))) && (isFinite(data3)))) && (typeof data3 !== "string")){
const err10 = {instancePath:instancePath+"/tpm",schemaPath:"#/$defs/count/type",keyword:"type",params:{type: schema37.type},message:"must be integer,string",schema:schema37.type,parentSchema:schema37,data:data3};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if((typeof data3 == "number") && (isFinite(data3))){
if(data3 < 1 || isNaN(data3)){
const err11 = {instancePath:instancePath+"/tpm",schemaPath:"#/$defs/count/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema37,data:data3};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(typeof data3 === "string"){
if(!pattern15.test(data3)){
const err12 = {instancePath:instancePath+"/tpm",schemaPath:"#/$defs/count/pattern",keyword:"pattern",params:{pattern: "^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"},message:"must match pattern \""+"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"+"\"",schema:"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$",parentSchema:schema37,data:data3};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
}
if(data.itpm !== undefined){
let data4 = data.itpm;
if((!(((typeof data4 == "number") && (!(data4 % 1) && !isNaN(data4))) && (isFinite(data4)))) && (typeof data4 !== "string")){
const err13 = {instancePath:instancePath+"/itpm",schemaPath:"#/$defs/count/type",keyword:"type",params:{type: schema37.type},message:"must be integer,string",schema:schema37.type,parentSchema:schema37,data:data4};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 < 1 || isNaN(data4)){
const err14 = {instancePath:instancePath+"/itpm",schemaPath:"#/$defs/count/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema37,data:data4};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(typeof data4 === "string"){
if(!pattern15.test(data4)){
const err15 = {instancePath:instancePath+"/itpm",schemaPath:"#/$defs/count/pattern",keyword:"pattern",params:{pattern: "^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"},message:"must match pattern \""+"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"+"\"",schema:"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$",parentSchema:schema37,data:data4};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
}
if(data.otpm !== undefined){
let data5 = data.otpm;
if((!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))) && (typeof data5 !== "string")){
const err16 = {instancePath:instancePath+"/otpm",schemaPath:"#/$defs/count/type",keyword:"type",params:{type: schema37.type},message:"must be integer,string",schema:schema37.type,parentSchema:schema37,data:data5};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 < 1 || isNaN(data5)){
const err17 = {instancePath:instancePath+"/otpm",schemaPath:"#/$defs/count/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema37,data:data5};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
if(typeof data5 === "string"){
if(!pattern15.test(data5)){
const err18 = {instancePath:instancePath+"/otpm",schemaPath:"#/$defs/count/pattern",keyword:"pattern",params:{pattern: "^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"},message:"must match pattern \""+"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"+"\"",schema:"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$",parentSchema:schema37,data:data5};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
}
if(data.concurrency !== undefined){
let data6 = data.concurrency;
if((!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))) && (!(data6 && typeof data6 == "object" && !Array.isArray(data6)))){
const err19 = {instancePath:instancePath+"/concurrency",schemaPath:"#/properties/concurrency/type",keyword:"type",params:{type: schema46.properties.concurrency.type},message:"must be integer,object",schema:schema46.properties.concurrency.type,parentSchema:schema46.properties.concurrency,data:data6};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 > 10000 || isNaN(data6)){
const err20 = {instancePath:instancePath+"/concurrency",schemaPath:"#/properties/concurrency/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10000},message:"must be <= 10000",schema:10000,parentSchema:schema46.properties.concurrency,data:data6};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if(data6 < 1 || isNaN(data6)){
const err21 = {instancePath:instancePath+"/concurrency",schemaPath:"#/properties/concurrency/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema46.properties.concurrency,data:data6};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(data6 && typeof data6 == "object" && !Array.isArray(data6)){
if(data6.start === undefined){
const err22 = {instancePath:instancePath+"/concurrency",schemaPath:"#/properties/concurrency/required",keyword:"required",params:{missingProperty: "start"},message:"must have required property '"+"start"+"'",schema:schema46.properties.concurrency.required,parentSchema:schema46.properties.concurrency,data:data6};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
if(data6.max === undefined){
const err23 = {instancePath:instancePath+"/concurrency",schemaPath:"#/properties/concurrency/required",keyword:"required",params:{missingProperty: "max"},message:"must have required property '"+"max"+"'",schema:schema46.properties.concurrency.required,parentSchema:schema46.properties.concurrency,data:data6};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
for(const key1 in data6){
if(!(((key1 === "start") || (key1 === "max")) || (pattern4.test(key1)))){
const err24 = {instancePath:instancePath+"/concurrency",schemaPath:"#/properties/concurrency/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema46.properties.concurrency,data:data6};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
if(data6.start !== undefined){
let data7 = data6.start;
if(!(((typeof data7 == "number") && (!(data7 % 1) && !isNaN(data7))) && (isFinite(data7)))){
const err25 = {instancePath:instancePath+"/concurrency/start",schemaPath:"#/properties/concurrency/properties/start/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema46.properties.concurrency.properties.start.type,parentSchema:schema46.properties.concurrency.properties.start,data:data7};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
if((typeof data7 == "number") && (isFinite(data7))){
if(data7 > 10000 || isNaN(data7)){
const err26 = {instancePath:instancePath+"/concurrency/start",schemaPath:"#/properties/concurrency/properties/start/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10000},message:"must be <= 10000",schema:10000,parentSchema:schema46.properties.concurrency.properties.start,data:data7};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
if(data7 < 1 || isNaN(data7)){
const err27 = {instancePath:instancePath+"/concurrency/start",schemaPath:"#/properties/concurrency/properties/start/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema46.properties.concurrency.properties.start,data:data7};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
}
if(data6.max !== undefined){
let data8 = data6.max;
if(!(((typeof data8 == "number") && (!(data8 % 1) && !isNaN(data8))) && (isFinite(data8)))){
const err28 = {instancePath:instancePath+"/concurrency/max",schemaPath:"#/properties/concurrency/properties/max/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema46.properties.concurrency.properties.max.type,parentSchema:schema46.properties.concurrency.properties.max,data:data8};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
if((typeof data8 == "number") && (isFinite(data8))){
if(data8 > 10000 || isNaN(data8)){
const err29 = {instancePath:instancePath+"/concurrency/max",schemaPath:"#/properties/concurrency/properties/max/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10000},message:"must be <= 10000",schema:10000,parentSchema:schema46.properties.concurrency.properties.max,data:data8};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
if(data8 < 1 || isNaN(data8)){
const err30 = {instancePath:instancePath+"/concurrency/max",schemaPath:"#/properties/concurrency/properties/max/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema46.properties.concurrency.properties.max,data:data8};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
}
}
}
}
else {
const err31 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema46.type,parentSchema:schema46,data};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
validate25.errors = vErrors;
return errors === 0;
}
validate25.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const schema54 = {"title":"map of mock settings","type":"object","properties":{"seed":{"title":"whole number","description":"The same seed gives the same answers. Default 1.","type":"integer","minimum":0,"maximum":4294967295,"examples":[7]},"latency":{"title":"duration or `[min, max]`","description":"How long an answer takes.","type":["string","array"],"minItems":2,"maxItems":2,"items":{"$ref":"#/$defs/duration"},"examples":["300ms",["200ms","2s"]]},"output_tokens":{"title":"count or `[min, max]`","description":"How long an answer is.","type":["integer","string","array"],"minimum":1,"minItems":2,"maxItems":2,"items":{"$ref":"#/$defs/count"},"examples":[120,[50,200]]},"missing_usage":{"title":"number from 0 to 1","description":"Share of the answers that come without usage, as those of some servers do. Default 0.","type":"number","minimum":0,"maximum":1,"examples":[0.1]},"errors":{"title":"list of `{status, rate}`","description":"Faults: HTTP status and share of attempts.","type":"array","items":{"title":"`{status, rate}`","type":"object","properties":{"status":{"title":"HTTP status from 400 to 599","description":"HTTP status of the failure.","type":"integer","minimum":400,"maximum":599,"examples":[429]},"rate":{"title":"number from 0 to 1","description":"Share of attempts that fail so.","type":"number","minimum":0,"maximum":1,"examples":[0.05]}},"required":["status","rate"],"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"examples":[{"status":429,"rate":0.05}]},"examples":[[{"status":429,"rate":0.05}]]},"batch":{"title":"map of batch settings","description":"How its batches behave.","type":"object","properties":{"duration":{"title":"duration or `[min, max]`","description":"How long a batch takes. Default 1s to 3s.","type":["string","array"],"minItems":2,"maxItems":2,"items":{"$ref":"#/$defs/duration"},"examples":["2s",["1s","1m"]]},"expired":{"title":"number from 0 to 1","description":"Share of the rows that expire without an answer. Default 0.","type":"number","minimum":0,"maximum":1,"examples":[0.05]}},"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"examples":[{"duration":"2s"}]},"answer":{"title":"text","description":"Fixed answer; without it the mock repeats what it was asked.","type":"string","examples":["42"]}},"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"examples":[{"seed":7,"latency":["200ms","2s"]}]};

function validate28(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate28.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((((((((key0 === "seed") || (key0 === "latency")) || (key0 === "output_tokens")) || (key0 === "missing_usage")) || (key0 === "errors")) || (key0 === "batch")) || (key0 === "answer")) || (pattern4.test(key0)))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema54,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.seed !== undefined){
let data0 = data.seed;
if(!(((typeof data0 == "number") && (!(data0 % 1) && !isNaN(data0))) && (isFinite(data0)))){
const err1 = {instancePath:instancePath+"/seed",schemaPath:"#/properties/seed/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema54.properties.seed.type,parentSchema:schema54.properties.seed,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if((typeof data0 == "number") && (isFinite(data0))){
if(data0 > 4294967295 || isNaN(data0)){
const err2 = {instancePath:instancePath+"/seed",schemaPath:"#/properties/seed/maximum",keyword:"maximum",params:{comparison: "<=", limit: 4294967295},message:"must be <= 4294967295",schema:4294967295,parentSchema:schema54.properties.seed,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data0 < 0 || isNaN(data0)){
const err3 = {instancePath:instancePath+"/seed",schemaPath:"#/properties/seed/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema54.properties.seed,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
}
if(data.latency !== undefined){
let data1 = data.latency;
if((typeof data1 !== "string") && (!(Array.isArray(data1)))){
const err4 = {instancePath:instancePath+"/latency",schemaPath:"#/properties/latency/type",keyword:"type",params:{type: schema54.properties.latency.type},message:"must be string,array",schema:schema54.properties.latency.type,parentSchema:schema54.properties.latency,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(Array.isArray(data1)){
if(data1.length > 2){
const err5 = {instancePath:instancePath+"/latency",schemaPath:"#/properties/latency/maxItems",keyword:"maxItems",params:{limit: 2},message:"must NOT have more than 2 items",schema:2,parentSchema:schema54.properties.latency,data:data1};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data1.length < 2){
const err6 = {instancePath:instancePath+"/latency",schemaPath:"#/properties/latency/minItems",keyword:"minItems",params:{limit: 2},message:"must NOT have fewer than 2 items",schema:2,parentSchema:schema54.properties.latency,data:data1};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
let data2 = data1[i0];
if(typeof data2 === "string"){
if(!pattern17.test(data2)){
const err7 = {instancePath:instancePath+"/latency/" + i0,schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$"},message:"must match pattern \""+"^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$"+"\"",schema:"^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$",parentSchema:schema39,data:data2};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/latency/" + i0,schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema39.type,parentSchema:schema39,data:data2};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
}
}
if(data.output_tokens !== undefined){
let data3 = data.output_tokens;
if(((!(((typeof data3 == "number") && (!(data3 % 1) && !isNaN(data3))) && (isFinite(data3)))) && (typeof data3 !== "string")) && (!(Array.isArray(data3)))){
const err9 = {instancePath:instancePath+"/output_tokens",schemaPath:"#/properties/output_tokens/type",keyword:"type",params:{type: schema54.properties.output_tokens.type},message:"must be integer,string,array",schema:schema54.properties.output_tokens.type,parentSchema:schema54.properties.output_tokens,data:data3};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if((typeof data3 == "number") && (isFinite(data3))){
if(data3 < 1 || isNaN(data3)){
const err10 = {instancePath:instancePath+"/output_tokens",schemaPath:"#/properties/output_tokens/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema54.properties.output_tokens,data:data3};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(Array.isArray(data3)){
if(data3.length > 2){
const err11 = {instancePath:instancePath+"/output_tokens",schemaPath:"#/properties/output_tokens/maxItems",keyword:"maxItems",params:{limit: 2},message:"must NOT have more than 2 items",schema:2,parentSchema:schema54.properties.output_tokens,data:data3};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(data3.length < 2){
const err12 = {instancePath:instancePath+"/output_tokens",schemaPath:"#/properties/output_tokens/minItems",keyword:"minItems",params:{limit: 2},message:"must NOT have fewer than 2 items",schema:2,parentSchema:schema54.properties.output_tokens,data:data3};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
const len1 = data3.length;
for(let i1=0; i1<len1; i1++){
let data4 = data3[i1];
if((!(((typeof data4 == "number") && (!(data4 % 1) && !isNaN(data4))) && (isFinite(data4)))) && (typeof data4 !== "string")){
const err13 = {instancePath:instancePath+"/output_tokens/" + i1,schemaPath:"#/$defs/count/type",keyword:"type",params:{type: schema37.type},message:"must be integer,string",schema:schema37.type,parentSchema:schema37,data:data4};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 < 1 || isNaN(data4)){
const err14 = {instancePath:instancePath+"/output_tokens/" + i1,schemaPath:"#/$defs/count/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema37,data:data4};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(typeof data4 === "string"){
if(!pattern15.test(data4)){
const err15 = {instancePath:instancePath+"/output_tokens/" + i1,schemaPath:"#/$defs/count/pattern",keyword:"pattern",params:{pattern: "^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"},message:"must match pattern \""+"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"+"\"",schema:"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$",parentSchema:schema37,data:data4};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
}
}
}
if(data.missing_usage !== undefined){
let data5 = data.missing_usage;
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 > 1 || isNaN(data5)){
const err16 = {instancePath:instancePath+"/missing_usage",schemaPath:"#/properties/missing_usage/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1},message:"must be <= 1",schema:1,parentSchema:schema54.properties.missing_usage,data:data5};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(data5 < 0 || isNaN(data5)){
const err17 = {instancePath:instancePath+"/missing_usage",schemaPath:"#/properties/missing_usage/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema54.properties.missing_usage,data:data5};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
else {
const err18 = {instancePath:instancePath+"/missing_usage",schemaPath:"#/properties/missing_usage/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema54.properties.missing_usage.type,parentSchema:schema54.properties.missing_usage,data:data5};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data.errors !== undefined){
let data6 = data.errors;
if(Array.isArray(data6)){
const len2 = data6.length;
for(let i2=0; i2<len2; i2++){
let data7 = data6[i2];
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
if(data7.status === undefined){
const err19 = {instancePath:instancePath+"/errors/" + i2,schemaPath:"#/properties/errors/items/required",keyword:"required",params:{missingProperty: "status"},message:"must have required property '"+"status"+"'",schema:schema54.properties.errors.items.required,parentSchema:schema54.properties.errors.items,data:data7};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if(data7.rate === undefined){
const err20 = {instancePath:instancePath+"/errors/" + i2,schemaPath:"#/properties/errors/items/required",keyword:"required",params:{missingProperty: "rate"},message:"must have required property '"+"rate"+"'",schema:schema54.properties.errors.items.required,parentSchema:schema54.properties.errors.items,data:data7};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
for(const key1 in data7){
if(!(((key1 === "status") || (key1 === "rate")) || (pattern4.test(key1)))){
const err21 = {instancePath:instancePath+"/errors/" + i2,schemaPath:"#/properties/errors/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema54.properties.errors.items,data:data7};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(data7.status !== undefined){
let data8 = data7.status;
if(!(((typeof data8 == "number") && (!(data8 % 1) && !isNaN(data8))) && (isFinite(data8)))){
const err22 = {instancePath:instancePath+"/errors/" + i2+"/status",schemaPath:"#/properties/errors/items/properties/status/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema54.properties.errors.items.properties.status.type,parentSchema:schema54.properties.errors.items.properties.status,data:data8};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
if((typeof data8 == "number") && (isFinite(data8))){
if(data8 > 599 || isNaN(data8)){
const err23 = {instancePath:instancePath+"/errors/" + i2+"/status",schemaPath:"#/properties/errors/items/properties/status/maximum",keyword:"maximum",params:{comparison: "<=", limit: 599},message:"must be <= 599",schema:599,parentSchema:schema54.properties.errors.items.properties.status,data:data8};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
if(data8 < 400 || isNaN(data8)){
const err24 = {instancePath:instancePath+"/errors/" + i2+"/status",schemaPath:"#/properties/errors/items/properties/status/minimum",keyword:"minimum",params:{comparison: ">=", limit: 400},message:"must be >= 400",schema:400,parentSchema:schema54.properties.errors.items.properties.status,data:data8};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
}
if(data7.rate !== undefined){
let data9 = data7.rate;
if((typeof data9 == "number") && (isFinite(data9))){
if(data9 > 1 || isNaN(data9)){
const err25 = {instancePath:instancePath+"/errors/" + i2+"/rate",schemaPath:"#/properties/errors/items/properties/rate/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1},message:"must be <= 1",schema:1,parentSchema:schema54.properties.errors.items.properties.rate,data:data9};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
if(data9 < 0 || isNaN(data9)){
const err26 = {instancePath:instancePath+"/errors/" + i2+"/rate",schemaPath:"#/properties/errors/items/properties/rate/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema54.properties.errors.items.properties.rate,data:data9};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
else {
const err27 = {instancePath:instancePath+"/errors/" + i2+"/rate",schemaPath:"#/properties/errors/items/properties/rate/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema54.properties.errors.items.properties.rate.type,parentSchema:schema54.properties.errors.items.properties.rate,data:data9};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
}
else {
const err28 = {instancePath:instancePath+"/errors/" + i2,schemaPath:"#/properties/errors/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema54.properties.errors.items.type,parentSchema:schema54.properties.errors.items,data:data7};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
}
else {
const err29 = {instancePath:instancePath+"/errors",schemaPath:"#/properties/errors/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema54.properties.errors.type,parentSchema:schema54.properties.errors,data:data6};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(data.batch !== undefined){
let data10 = data.batch;
if(data10 && typeof data10 == "object" && !Array.isArray(data10)){
for(const key2 in data10){
if(!(((key2 === "duration") || (key2 === "expired")) || (pattern4.test(key2)))){
const err30 = {instancePath:instancePath+"/batch",schemaPath:"#/properties/batch/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties",schema:false,parentSchema:schema54.properties.batch,data:data10};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
if(data10.duration !== undefined){
let data11 = data10.duration;
if((typeof data11 !== "string") && (!(Array.isArray(data11)))){
const err31 = {instancePath:instancePath+"/batch/duration",schemaPath:"#/properties/batch/properties/duration/type",keyword:"type",params:{type: schema54.properties.batch.properties.duration.type},message:"must be string,array",schema:schema54.properties.batch.properties.duration.type,parentSchema:schema54.properties.batch.properties.duration,data:data11};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
if(Array.isArray(data11)){
if(data11.length > 2){
const err32 = {instancePath:instancePath+"/batch/duration",schemaPath:"#/properties/batch/properties/duration/maxItems",keyword:"maxItems",params:{limit: 2},message:"must NOT have more than 2 items",schema:2,parentSchema:schema54.properties.batch.properties.duration,data:data11};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
if(data11.length < 2){
const err33 = {instancePath:instancePath+"/batch/duration",schemaPath:"#/properties/batch/properties/duration/minItems",keyword:"minItems",params:{limit: 2},message:"must NOT have fewer than 2 items",schema:2,parentSchema:schema54.properties.batch.properties.duration,data:data11};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
const len3 = data11.length;
for(let i3=0; i3<len3; i3++){
let data12 = data11[i3];
if(typeof data12 === "string"){
if(!pattern17.test(data12)){
const err34 = {instancePath:instancePath+"/batch/duration/" + i3,schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$"},message:"must match pattern \""+"^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$"+"\"",schema:"^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$",parentSchema:schema39,data:data12};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
else {
const err35 = {instancePath:instancePath+"/batch/duration/" + i3,schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema39.type,parentSchema:schema39,data:data12};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
}
}
if(data10.expired !== undefined){
let data13 = data10.expired;
if((typeof data13 == "number") && (isFinite(data13))){
if(data13 > 1 || isNaN(data13)){
const err36 = {instancePath:instancePath+"/batch/expired",schemaPath:"#/properties/batch/properties/expired/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1},message:"must be <= 1",schema:1,parentSchema:schema54.properties.batch.properties.expired,data:data13};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
if(data13 < 0 || isNaN(data13)){
const err37 = {instancePath:instancePath+"/batch/expired",schemaPath:"#/properties/batch/properties/expired/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema54.properties.batch.properties.expired,data:data13};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
else {
const err38 = {instancePath:instancePath+"/batch/expired",schemaPath:"#/properties/batch/properties/expired/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema54.properties.batch.properties.expired.type,parentSchema:schema54.properties.batch.properties.expired,data:data13};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
}
else {
const err39 = {instancePath:instancePath+"/batch",schemaPath:"#/properties/batch/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema54.properties.batch.type,parentSchema:schema54.properties.batch,data:data10};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
if(data.answer !== undefined){
let data14 = data.answer;
if(typeof data14 !== "string"){
const err40 = {instancePath:instancePath+"/answer",schemaPath:"#/properties/answer/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema54.properties.answer.type,parentSchema:schema54.properties.answer,data:data14};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
}
else {
const err41 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema54.type,parentSchema:schema54,data};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
validate28.errors = vErrors;
return errors === 0;
}
validate28.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};


function validate24(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate24.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((func1.call(schema40.properties, key0)) || (pattern4.test(key0)))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema40,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.type !== undefined){
let data0 = data.type;
if(typeof data0 !== "string"){
const err1 = {instancePath:instancePath+"/type",schemaPath:"#/properties/type/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema40.properties.type.type,parentSchema:schema40.properties.type,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(!(((data0 === "anthropic") || (data0 === "openai")) || (data0 === "mock"))){
const err2 = {instancePath:instancePath+"/type",schemaPath:"#/properties/type/enum",keyword:"enum",params:{allowedValues: schema40.properties.type.enum},message:"must be equal to one of the allowed values",schema:schema40.properties.type.enum,parentSchema:schema40.properties.type,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.base_url !== undefined){
let data1 = data.base_url;
if(typeof data1 !== "string"){
const err3 = {instancePath:instancePath+"/base_url",schemaPath:"#/properties/base_url/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema40.properties.base_url.type,parentSchema:schema40.properties.base_url,data:data1};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.base_url_env !== undefined){
let data2 = data.base_url_env;
if(typeof data2 === "string"){
if(!pattern22.test(data2)){
const err4 = {instancePath:instancePath+"/base_url_env",schemaPath:"#/$defs/variable/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_]*$"},message:"must match pattern \""+"^[A-Za-z_][A-Za-z0-9_]*$"+"\"",schema:"^[A-Za-z_][A-Za-z0-9_]*$",parentSchema:schema41,data:data2};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/base_url_env",schemaPath:"#/$defs/variable/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema41.type,parentSchema:schema41,data:data2};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.api_key_env !== undefined){
let data3 = data.api_key_env;
if(typeof data3 === "string"){
if(!pattern22.test(data3)){
const err6 = {instancePath:instancePath+"/api_key_env",schemaPath:"#/$defs/variable/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_]*$"},message:"must match pattern \""+"^[A-Za-z_][A-Za-z0-9_]*$"+"\"",schema:"^[A-Za-z_][A-Za-z0-9_]*$",parentSchema:schema41,data:data3};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/api_key_env",schemaPath:"#/$defs/variable/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema41.type,parentSchema:schema41,data:data3};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.api !== undefined){
let data4 = data.api;
if(typeof data4 !== "string"){
const err8 = {instancePath:instancePath+"/api",schemaPath:"#/properties/api/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema40.properties.api.type,parentSchema:schema40.properties.api,data:data4};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(!((data4 === "responses") || (data4 === "chat"))){
const err9 = {instancePath:instancePath+"/api",schemaPath:"#/properties/api/enum",keyword:"enum",params:{allowedValues: schema40.properties.api.enum},message:"must be equal to one of the allowed values",schema:schema40.properties.api.enum,parentSchema:schema40.properties.api,data:data4};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data.api_version !== undefined){
let data5 = data.api_version;
if(typeof data5 === "string"){
if(!pattern24.test(data5)){
const err10 = {instancePath:instancePath+"/api_version",schemaPath:"#/properties/api_version/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9._-]+$"},message:"must match pattern \""+"^[A-Za-z0-9._-]+$"+"\"",schema:"^[A-Za-z0-9._-]+$",parentSchema:schema40.properties.api_version,data:data5};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
else {
const err11 = {instancePath:instancePath+"/api_version",schemaPath:"#/properties/api_version/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema40.properties.api_version.type,parentSchema:schema40.properties.api_version,data:data5};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data.auth !== undefined){
let data6 = data.auth;
if(typeof data6 !== "string"){
const err12 = {instancePath:instancePath+"/auth",schemaPath:"#/properties/auth/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema40.properties.auth.type,parentSchema:schema40.properties.auth,data:data6};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(!((((data6 === "bearer") || (data6 === "x-api-key")) || (data6 === "api-key")) || (data6 === "none"))){
const err13 = {instancePath:instancePath+"/auth",schemaPath:"#/properties/auth/enum",keyword:"enum",params:{allowedValues: schema40.properties.auth.enum},message:"must be equal to one of the allowed values",schema:schema40.properties.auth.enum,parentSchema:schema40.properties.auth,data:data6};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data.headers !== undefined){
let data7 = data.headers;
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
if(Object.keys(data7).length > 50){
const err14 = {instancePath:instancePath+"/headers",schemaPath:"#/properties/headers/maxProperties",keyword:"maxProperties",params:{limit: 50},message:"must NOT have more than 50 properties",schema:50,parentSchema:schema40.properties.headers,data:data7};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
for(const key1 in data7){
const _errs20 = errors;
if(typeof key1 === "string"){
if(!pattern25.test(key1)){
const err15 = {instancePath:instancePath+"/headers",schemaPath:"#/$defs/headerName/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$"},message:"must match pattern \""+"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$"+"\"",schema:"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$",parentSchema:schema43,data:key1,propertyName:key1};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
else {
const err16 = {instancePath:instancePath+"/headers",schemaPath:"#/$defs/headerName/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema43.type,parentSchema:schema43,data:key1,propertyName:key1};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
var valid3 = _errs20 === errors;
if(!valid3){
const err17 = {instancePath:instancePath+"/headers",schemaPath:"#/properties/headers/propertyNames",keyword:"propertyNames",params:{propertyName: key1},message:"property name must be valid",schema:schema40.properties.headers.propertyNames,parentSchema:schema40.properties.headers,data:data7};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
for(const key2 in data7){
let data8 = data7[key2];
if(typeof data8 === "string"){
if(!pattern26.test(data8)){
const err18 = {instancePath:instancePath+"/headers/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/headers/additionalProperties/pattern",keyword:"pattern",params:{pattern: "^[ -~]{0,4096}$"},message:"must match pattern \""+"^[ -~]{0,4096}$"+"\"",schema:"^[ -~]{0,4096}$",parentSchema:schema40.properties.headers.additionalProperties,data:data8};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
else {
const err19 = {instancePath:instancePath+"/headers/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/headers/additionalProperties/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema40.properties.headers.additionalProperties.type,parentSchema:schema40.properties.headers.additionalProperties,data:data8};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
}
else {
const err20 = {instancePath:instancePath+"/headers",schemaPath:"#/properties/headers/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema40.properties.headers.type,parentSchema:schema40.properties.headers,data:data7};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data.headers_env !== undefined){
let data9 = data.headers_env;
if(data9 && typeof data9 == "object" && !Array.isArray(data9)){
if(Object.keys(data9).length > 50){
const err21 = {instancePath:instancePath+"/headers_env",schemaPath:"#/properties/headers_env/maxProperties",keyword:"maxProperties",params:{limit: 50},message:"must NOT have more than 50 properties",schema:50,parentSchema:schema40.properties.headers_env,data:data9};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
for(const key3 in data9){
const _errs28 = errors;
if(typeof key3 === "string"){
if(!pattern25.test(key3)){
const err22 = {instancePath:instancePath+"/headers_env",schemaPath:"#/$defs/headerName/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$"},message:"must match pattern \""+"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$"+"\"",schema:"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$",parentSchema:schema43,data:key3,propertyName:key3};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
else {
const err23 = {instancePath:instancePath+"/headers_env",schemaPath:"#/$defs/headerName/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema43.type,parentSchema:schema43,data:key3,propertyName:key3};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
var valid6 = _errs28 === errors;
if(!valid6){
const err24 = {instancePath:instancePath+"/headers_env",schemaPath:"#/properties/headers_env/propertyNames",keyword:"propertyNames",params:{propertyName: key3},message:"property name must be valid",schema:schema40.properties.headers_env.propertyNames,parentSchema:schema40.properties.headers_env,data:data9};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
for(const key4 in data9){
let data10 = data9[key4];
if(typeof data10 === "string"){
if(!pattern22.test(data10)){
const err25 = {instancePath:instancePath+"/headers_env/" + key4.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/$defs/variable/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_]*$"},message:"must match pattern \""+"^[A-Za-z_][A-Za-z0-9_]*$"+"\"",schema:"^[A-Za-z_][A-Za-z0-9_]*$",parentSchema:schema41,data:data10};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
else {
const err26 = {instancePath:instancePath+"/headers_env/" + key4.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/$defs/variable/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema41.type,parentSchema:schema41,data:data10};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
}
else {
const err27 = {instancePath:instancePath+"/headers_env",schemaPath:"#/properties/headers_env/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema40.properties.headers_env.type,parentSchema:schema40.properties.headers_env,data:data9};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
if(data.query !== undefined){
let data11 = data.query;
if(data11 && typeof data11 == "object" && !Array.isArray(data11)){
if(Object.keys(data11).length > 50){
const err28 = {instancePath:instancePath+"/query",schemaPath:"#/properties/query/maxProperties",keyword:"maxProperties",params:{limit: 50},message:"must NOT have more than 50 properties",schema:50,parentSchema:schema40.properties.query,data:data11};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
for(const key5 in data11){
const _errs37 = errors;
if(typeof key5 === "string"){
if(!pattern29.test(key5)){
const err29 = {instancePath:instancePath+"/query",schemaPath:"#/properties/query/propertyNames/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z][A-Za-z0-9._-]*$"},message:"must match pattern \""+"^[A-Za-z][A-Za-z0-9._-]*$"+"\"",schema:"^[A-Za-z][A-Za-z0-9._-]*$",parentSchema:schema40.properties.query.propertyNames,data:key5,propertyName:key5};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
var valid10 = _errs37 === errors;
if(!valid10){
const err30 = {instancePath:instancePath+"/query",schemaPath:"#/properties/query/propertyNames",keyword:"propertyNames",params:{propertyName: key5},message:"property name must be valid",schema:schema40.properties.query.propertyNames,parentSchema:schema40.properties.query,data:data11};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
for(const key6 in data11){
if(!(pattern4.test(key6))){
let data12 = data11[key6];
if(typeof data12 === "string"){
if(!pattern26.test(data12)){
const err31 = {instancePath:instancePath+"/query/" + key6.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/query/additionalProperties/pattern",keyword:"pattern",params:{pattern: "^[ -~]{0,4096}$"},message:"must match pattern \""+"^[ -~]{0,4096}$"+"\"",schema:"^[ -~]{0,4096}$",parentSchema:schema40.properties.query.additionalProperties,data:data12};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
else {
const err32 = {instancePath:instancePath+"/query/" + key6.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/query/additionalProperties/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema40.properties.query.additionalProperties.type,parentSchema:schema40.properties.query.additionalProperties,data:data12};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
}
}
else {
const err33 = {instancePath:instancePath+"/query",schemaPath:"#/properties/query/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema40.properties.query.type,parentSchema:schema40.properties.query,data:data11};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
if(data.max_tokens_field !== undefined){
let data13 = data.max_tokens_field;
if(typeof data13 !== "string"){
const err34 = {instancePath:instancePath+"/max_tokens_field",schemaPath:"#/properties/max_tokens_field/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema40.properties.max_tokens_field.type,parentSchema:schema40.properties.max_tokens_field,data:data13};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
if(!((((data13 === "max_tokens") || (data13 === "max_completion_tokens")) || (data13 === "max_output_tokens")) || (data13 === "max_new_tokens"))){
const err35 = {instancePath:instancePath+"/max_tokens_field",schemaPath:"#/properties/max_tokens_field/enum",keyword:"enum",params:{allowedValues: schema40.properties.max_tokens_field.enum},message:"must be equal to one of the allowed values",schema:schema40.properties.max_tokens_field.enum,parentSchema:schema40.properties.max_tokens_field,data:data13};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
if(data.stream !== undefined){
let data14 = data.stream;
if(typeof data14 !== "string"){
const err36 = {instancePath:instancePath+"/stream",schemaPath:"#/properties/stream/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema40.properties.stream.type,parentSchema:schema40.properties.stream,data:data14};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
if(!(((data14 === "auto") || (data14 === "always")) || (data14 === "never"))){
const err37 = {instancePath:instancePath+"/stream",schemaPath:"#/properties/stream/enum",keyword:"enum",params:{allowedValues: schema40.properties.stream.enum},message:"must be equal to one of the allowed values",schema:schema40.properties.stream.enum,parentSchema:schema40.properties.stream,data:data14};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
if(data.structured_output !== undefined){
let data15 = data.structured_output;
if(typeof data15 !== "string"){
const err38 = {instancePath:instancePath+"/structured_output",schemaPath:"#/properties/structured_output/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema40.properties.structured_output.type,parentSchema:schema40.properties.structured_output,data:data15};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
if(!((data15 === "native") || (data15 === "prompt"))){
const err39 = {instancePath:instancePath+"/structured_output",schemaPath:"#/properties/structured_output/enum",keyword:"enum",params:{allowedValues: schema40.properties.structured_output.enum},message:"must be equal to one of the allowed values",schema:schema40.properties.structured_output.enum,parentSchema:schema40.properties.structured_output,data:data15};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
if(data.attachments !== undefined){
let data16 = data.attachments;
if(typeof data16 !== "string"){
const err40 = {instancePath:instancePath+"/attachments",schemaPath:"#/properties/attachments/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema40.properties.attachments.type,parentSchema:schema40.properties.attachments,data:data16};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
if(!(((data16 === "none") || (data16 === "images")) || (data16 === "all"))){
const err41 = {instancePath:instancePath+"/attachments",schemaPath:"#/properties/attachments/enum",keyword:"enum",params:{allowedValues: schema40.properties.attachments.enum},message:"must be equal to one of the allowed values",schema:schema40.properties.attachments.enum,parentSchema:schema40.properties.attachments,data:data16};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
if(data.limits !== undefined){
if(!(validate25(data.limits, {instancePath:instancePath+"/limits",parentData:data,parentDataProperty:"limits",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate25.errors : appended(vErrors, validate25.errors);
errors = vErrors.length;
}
}
if(data.models !== undefined){
let data18 = data.models;
if(data18 && typeof data18 == "object" && !Array.isArray(data18)){
for(const key7 in data18){
if(!(pattern4.test(key7))){
let data19 = data18[key7];
if(data19 && typeof data19 == "object" && !Array.isArray(data19)){
for(const key8 in data19){
if(!(((key8 === "limits") || (key8 === "max_tokens")) || (pattern4.test(key8)))){
const err42 = {instancePath:instancePath+"/models/" + key7.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/models/additionalProperties/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key8},message:"must NOT have additional properties",schema:false,parentSchema:schema40.properties.models.additionalProperties,data:data19};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
if(data19.limits !== undefined){
if(!(validate25(data19.limits, {instancePath:instancePath+"/models/" + key7.replace(/~/g, "~0").replace(/\//g, "~1")+"/limits",parentData:data19,parentDataProperty:"limits",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate25.errors : appended(vErrors, validate25.errors);
errors = vErrors.length;
}
}
if(data19.max_tokens !== undefined){
let data21 = data19.max_tokens;
if((!(((typeof data21 == "number") && (!(data21 % 1) && !isNaN(data21))) && (isFinite(data21)))) && (typeof data21 !== "string")){
const err43 = {instancePath:instancePath+"/models/" + key7.replace(/~/g, "~0").replace(/\//g, "~1")+"/max_tokens",schemaPath:"#/$defs/count/type",keyword:"type",params:{type: schema37.type},message:"must be integer,string",schema:schema37.type,parentSchema:schema37,data:data21};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
if((typeof data21 == "number") && (isFinite(data21))){
if(data21 < 1 || isNaN(data21)){
const err44 = {instancePath:instancePath+"/models/" + key7.replace(/~/g, "~0").replace(/\//g, "~1")+"/max_tokens",schemaPath:"#/$defs/count/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema37,data:data21};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
if(typeof data21 === "string"){
if(!pattern15.test(data21)){
const err45 = {instancePath:instancePath+"/models/" + key7.replace(/~/g, "~0").replace(/\//g, "~1")+"/max_tokens",schemaPath:"#/$defs/count/pattern",keyword:"pattern",params:{pattern: "^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"},message:"must match pattern \""+"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"+"\"",schema:"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$",parentSchema:schema37,data:data21};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
}
}
else {
const err46 = {instancePath:instancePath+"/models/" + key7.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/models/additionalProperties/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema40.properties.models.additionalProperties.type,parentSchema:schema40.properties.models.additionalProperties,data:data19};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
}
}
else {
const err47 = {instancePath:instancePath+"/models",schemaPath:"#/properties/models/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema40.properties.models.type,parentSchema:schema40.properties.models,data:data18};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
if(data.batch !== undefined){
let data22 = data.batch;
if(typeof data22 !== "boolean"){
const err48 = {instancePath:instancePath+"/batch",schemaPath:"#/properties/batch/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema40.properties.batch.type,parentSchema:schema40.properties.batch,data:data22};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
if(data.mock !== undefined){
if(!(validate28(data.mock, {instancePath:instancePath+"/mock",parentData:data,parentDataProperty:"mock",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate28.errors : appended(vErrors, validate28.errors);
errors = vErrors.length;
}
}
}
else {
const err49 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema40.type,parentSchema:schema40,data};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
validate24.errors = vErrors;
return errors === 0;
}
validate24.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const schema60 = {"title":"text or a map of task fields","description":"One task: a bare text is its prompt.","type":["string","object"],"anyOf":[{"required":["prompt"]},{"required":["messages"]}],"properties":{"id":{"$ref":"#/$defs/taskId","description":"Name of the task in results and messages. Left out, it is `task-1`, `task-2`, … by place."},"prompt":{"$ref":"#/$defs/text","description":"What is asked: text, or `{file: prompts/review.md}`. May use `{{ vars.x }}`, `{{ item }}`, `{{ matrix.x }}` and `{{ needs.x.output }}`.","examples":["Review {{ item.path }}:\n{{ item.text }}"]},"messages":{"title":"list of messages","description":"A conversation in place of `prompt`, for few-shot examples: the last message is from the user. Each text may use the same variables as `prompt`.","type":"array","minItems":1,"items":{"title":"message `{role, content}`","type":"object","required":["role","content"],"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"properties":{"role":{"title":"role","description":"Who says it.","type":"string","enum":["user","assistant"]},"content":{"$ref":"#/$defs/text","description":"What is said: text, or `{file: prompts/example.md}`."}},"examples":[{"role":"user","content":"2+2?"}]},"examples":[[{"role":"user","content":"2+2?"},{"role":"assistant","content":"4"},{"role":"user","content":"{{ item }}"}]]},"model":{"$ref":"#/$defs/model","description":"The provider and its model: `provider/model`; or a list: the next is asked when one is out of quota, overloaded past its retries, or refuses."},"models":{"$ref":"#/$defs/models","description":"Every row goes to each of these models: the last axis of the matrix. In place of `model`. `--model` replaces the list by one model."},"system":{"$ref":"#/$defs/text","description":"System prompt: text, or `{file: prompts/system.md}`. May use the same variables as `prompt`."},"attachments":{"title":"list of files","description":"Images (PNG, JPEG, GIF, WebP) and PDFs that go out beside the prompt: names or patterns inside the repo. An entry with a variable, such as `{{ item.path }}`, is the name of one file.","type":["string","array"],"pattern":"\\S","items":{"title":"file name or pattern","type":"string","pattern":"\\S","examples":["diagram.png"]},"examples":[["diagram.png","reports/*.pdf"]]},"max_tokens":{"$ref":"#/$defs/count","description":"The longest answer, in tokens. Not sent unless given; Anthropic needs it."},"temperature":{"title":"number from 0 to 2","description":"Sampling temperature. Not sent unless given: current models refuse it, some even at its default.","type":"number","minimum":0,"maximum":2,"examples":[0,0.7]},"top_p":{"title":"number from 0 to 1","description":"Nucleus sampling. Not sent unless given: current models refuse it, some even at its default.","type":"number","minimum":0,"maximum":1,"examples":[0.9]},"stop":{"$ref":"#/$defs/textOrTexts","description":"Texts at which the answer ends.","examples":["\n\n"]},"reasoning":{"title":"reasoning effort","description":"How much the model thinks before it answers, where the model can be told.","type":"string","enum":["none","minimal","low","medium","high","xhigh","max"]},"schema":{"title":"JSON Schema","description":"What the answer must be: a JSON Schema, or `{file: schemas/finding.json}`. Sent as the provider's own structured output where it has one; the answer is checked in any case, and `output` is the parsed value.","type":"object","examples":[{"type":"object","properties":{"score":{"type":"integer"}},"required":["score"]}]},"expect":{"title":"condition or JSON Schema","description":"What the answer should be: a condition over `output` and the variables of `prompt`, or a JSON Schema (or `{file: schemas/label.json}`). An answer that does not meet it is kept, has `expected: false` in its record, and makes the run exit with 1. It is not sent.","type":["string","object"],"pattern":"\\S","examples":["output.confidence > 0.5",{"enum":["billing","refund"]}]},"on_truncated":{"title":"way to treat a truncated answer","description":"`fail` (the default) keeps what came as the partial output; `grow` asks once more with twice the `max_tokens`, up to the model's own limit.","type":"string","enum":["fail","grow"]},"prompt_cache":{"title":"`auto`, `off` or a lifetime","description":"Whether what comes before the first difference between tasks is cached. `auto` (the default): where it pays off. `off`: never. A lifetime: `5m` or `1h` at Anthropic, `30m` or `12h` at OpenAI.","type":"string","enum":["auto","off","5m","1h","30m","12h"]},"timeout":{"$ref":"#/$defs/duration","description":"The longest that one attempt may take, body included. Default 10m.","examples":["90s"]},"max_retries":{"title":"whole number from 0 to 100","description":"How often a failed attempt is repeated; 0 is a single attempt. Default 3.","type":"integer","minimum":0,"maximum":100,"examples":[3]},"for_each":{"$ref":"#/$defs/forEach","description":"One task per row: a list, or `{glob: \"src/**/*.ts\"}`, or `{file: rows.csv}`; or one per result of another task: `{needs: review}`."},"matrix":{"$ref":"#/$defs/matrix","description":"One task per combination of values, with `include` and `exclude` as in GitHub Actions."},"repeat":{"title":"whole number from 1 to 1000","description":"How many samples to take of each request: `x#1`, `x#2`, …. Without it, tasks with the same request share one answer.","type":"integer","minimum":1,"maximum":1000,"examples":[3]},"needs":{"title":"list of task ids","description":"Tasks that end before this one starts. Their results are `{{ needs.<id> }}`: a list where the needed task has `for_each`, `matrix` or `repeat`, else one object.","type":["string","array"],"items":{"$ref":"#/$defs/need"},"examples":[["review"]]},"if":{"title":"condition","description":"Runs the task only when the condition holds, over the same variables as `prompt`; else it is skipped.","type":["string","boolean"],"pattern":"\\S","examples":["needs.triage.output contains \"yes\""]},"tags":{"title":"list of tags","description":"Words by which tasks can be chosen.","type":"array","items":{"title":"tag","type":"string","pattern":"^\\S+$","examples":["nightly"]},"examples":[["nightly"]]},"context":{"title":"true or false","description":"`false` leaves the shared `context` out of this task.","type":"boolean"},"params":{"title":"map of parameters","description":"Passed through into the body of the request as they are.","type":"object","examples":[{"seed":7}]}},"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"examples":["What is 2+2?"]};
const schema61 = {"title":"task id","type":"string","pattern":"^[A-Za-z0-9_][A-Za-z0-9_.-]*$","examples":["review"]};
const schema67 = {"title":"list of rows, `{glob: …}`, `{file: …}`, `{files: …}` or `{needs: …}`","type":["array","object"],"properties":{"glob":{"title":"pattern or a list of patterns","description":"One row per file that matches: `{{ item.path }}`, `{{ item.name }}`, `{{ item.text }}`, ….","type":["string","array"],"items":{"title":"pattern","type":"string","examples":["src/**/*.ts"]},"examples":["src/**/*.ts"]},"file":{"title":"file name","description":"One row per record of a CSV, TSV, JSONL, JSON, YAML or Parquet file, or per line of a text file; `-` is stdin.","type":"string","pattern":"\\S","examples":["rows.csv"]},"files":{"title":"file of paths or a list of paths","description":"One row per path, each read like a file of a glob: a file with a path on each line (`-` is stdin), or a list.","type":["string","array"],"pattern":"\\S","items":{"title":"path","type":"string","pattern":"\\S","examples":["src/auth.ts"]},"examples":["changed.txt"]},"needs":{"title":"task id","description":"One task per result of that task, under the same key, each as soon as its own is there.","type":"string","examples":["review"]},"format":{"title":"file format","description":"Where the file's extension does not say it.","type":"string","enum":["csv","tsv","jsonl","json","yaml","parquet","lines"]},"delimiter":{"title":"delimiter","description":"What separates the values of a CSV file. Without it, the first line shows whether that is a comma, a semicolon, a tab or a pipe.","type":"string","enum":[",",";","\t","|"]},"encoding":{"title":"encoding","description":"Encoding of the file; default `utf-8`. Bytes that are not valid in it are an error.","type":"string","enum":["utf-8","utf-16","windows-1252"]},"key":{"title":"column name","description":"Column or field that makes the key of each id: `review@<key>`.","type":"string","pattern":"\\S","examples":["id"]}},"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"examples":[{"glob":"src/**/*.ts"}]};
const schema68 = {"title":"map of lists","type":"object","properties":{"include":{"title":"list of combinations","description":"Combinations to add, or values to add to those that match.","type":"array","items":{"title":"map of values","type":"object","examples":[{"lens":"style"}]},"examples":[[{"lens":"style"}]]},"exclude":{"title":"list of combinations","description":"Combinations to leave out; a part of one matches all that have it.","type":"array","items":{"title":"map of values","type":"object","examples":[{"lens":"style"}]},"examples":[[{"lens":"style"}]]}},"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"additionalProperties":{"title":"list of values","type":"array","examples":[["bugs","style"]]},"examples":[{"lens":["bugs","style"]}]};
const schema69 = {"title":"task id or `{id, allow_failed}`","type":["string","object"],"properties":{"id":{"title":"task id","description":"The task that is needed.","type":"string","examples":["review"]},"allow_failed":{"title":"true or false","description":"`true` continues with those that succeeded. Default false: one that failed skips this task.","type":"boolean"}},"required":["id"],"additionalProperties":false,"patternProperties":{"^x-":{"description":"Yours: ignored by Volley."}},"examples":[{"id":"review","allow_failed":true}]};
const pattern55 = new RegExp("^[A-Za-z0-9_][A-Za-z0-9_.-]*$", "u");

function validate31(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate31.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if((typeof data !== "string") && (!(data && typeof data == "object" && !Array.isArray(data)))){
const err0 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: schema60.type},message:"must be string,object",schema:schema60.type,parentSchema:schema60,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
const _errs1 = errors;
let valid0 = false;
const _errs2 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.prompt === undefined){
const err1 = {instancePath,schemaPath:"#/anyOf/0/required",keyword:"required",params:{missingProperty: "prompt"},message:"must have required property '"+"prompt"+"'",schema:schema60.anyOf[0].required,parentSchema:schema60.anyOf[0],data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
var _valid0 = _errs2 === errors;
valid0 = valid0 || _valid0;
const _errs3 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.messages === undefined){
const err2 = {instancePath,schemaPath:"#/anyOf/1/required",keyword:"required",params:{missingProperty: "messages"},message:"must have required property '"+"messages"+"'",schema:schema60.anyOf[1].required,parentSchema:schema60.anyOf[1],data};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
var _valid0 = _errs3 === errors;
valid0 = valid0 || _valid0;
if(!valid0){
const err3 = {instancePath,schemaPath:"#/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema60.anyOf,parentSchema:schema60,data};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
else {
errors = _errs1;
if(vErrors !== null){
if(_errs1){
vErrors.length = _errs1;
}
else {
vErrors = null;
}
}
}
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((func1.call(schema60.properties, key0)) || (pattern4.test(key0)))){
const err4 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema60,data};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.id !== undefined){
let data0 = data.id;
if(typeof data0 === "string"){
if(!pattern55.test(data0)){
const err5 = {instancePath:instancePath+"/id",schemaPath:"#/$defs/taskId/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_][A-Za-z0-9_.-]*$"},message:"must match pattern \""+"^[A-Za-z0-9_][A-Za-z0-9_.-]*$"+"\"",schema:"^[A-Za-z0-9_][A-Za-z0-9_.-]*$",parentSchema:schema61,data:data0};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/id",schemaPath:"#/$defs/taskId/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema61.type,parentSchema:schema61,data:data0};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.prompt !== undefined){
if(!(validate21(data.prompt, {instancePath:instancePath+"/prompt",parentData:data,parentDataProperty:"prompt",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate21.errors : appended(vErrors, validate21.errors);
errors = vErrors.length;
}
}
if(data.messages !== undefined){
let data2 = data.messages;
if(Array.isArray(data2)){
if(data2.length < 1){
const err7 = {instancePath:instancePath+"/messages",schemaPath:"#/properties/messages/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema60.properties.messages,data:data2};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
const len0 = data2.length;
for(let i0=0; i0<len0; i0++){
let data3 = data2[i0];
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
if(data3.role === undefined){
const err8 = {instancePath:instancePath+"/messages/" + i0,schemaPath:"#/properties/messages/items/required",keyword:"required",params:{missingProperty: "role"},message:"must have required property '"+"role"+"'",schema:schema60.properties.messages.items.required,parentSchema:schema60.properties.messages.items,data:data3};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(data3.content === undefined){
const err9 = {instancePath:instancePath+"/messages/" + i0,schemaPath:"#/properties/messages/items/required",keyword:"required",params:{missingProperty: "content"},message:"must have required property '"+"content"+"'",schema:schema60.properties.messages.items.required,parentSchema:schema60.properties.messages.items,data:data3};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
for(const key1 in data3){
if(!(((key1 === "role") || (key1 === "content")) || (pattern4.test(key1)))){
const err10 = {instancePath:instancePath+"/messages/" + i0,schemaPath:"#/properties/messages/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema60.properties.messages.items,data:data3};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data3.role !== undefined){
let data4 = data3.role;
if(typeof data4 !== "string"){
const err11 = {instancePath:instancePath+"/messages/" + i0+"/role",schemaPath:"#/properties/messages/items/properties/role/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema60.properties.messages.items.properties.role.type,parentSchema:schema60.properties.messages.items.properties.role,data:data4};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(!((data4 === "user") || (data4 === "assistant"))){
const err12 = {instancePath:instancePath+"/messages/" + i0+"/role",schemaPath:"#/properties/messages/items/properties/role/enum",keyword:"enum",params:{allowedValues: schema60.properties.messages.items.properties.role.enum},message:"must be equal to one of the allowed values",schema:schema60.properties.messages.items.properties.role.enum,parentSchema:schema60.properties.messages.items.properties.role,data:data4};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data3.content !== undefined){
if(!(validate21(data3.content, {instancePath:instancePath+"/messages/" + i0+"/content",parentData:data3,parentDataProperty:"content",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate21.errors : appended(vErrors, validate21.errors);
errors = vErrors.length;
}
}
}
else {
const err13 = {instancePath:instancePath+"/messages/" + i0,schemaPath:"#/properties/messages/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema60.properties.messages.items.type,parentSchema:schema60.properties.messages.items,data:data3};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
}
else {
const err14 = {instancePath:instancePath+"/messages",schemaPath:"#/properties/messages/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema60.properties.messages.type,parentSchema:schema60.properties.messages,data:data2};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data.model !== undefined){
let data6 = data.model;
if((typeof data6 !== "string") && (!(Array.isArray(data6)))){
const err15 = {instancePath:instancePath+"/model",schemaPath:"#/$defs/model/type",keyword:"type",params:{type: schema35.type},message:"must be string,array",schema:schema35.type,parentSchema:schema35,data:data6};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
if(typeof data6 === "string"){
if(!pattern10.test(data6)){
const err16 = {instancePath:instancePath+"/model",schemaPath:"#/$defs/model/pattern",keyword:"pattern",params:{pattern: "^[^/\\s]+/\\S+$"},message:"must match pattern \""+"^[^/\\s]+/\\S+$"+"\"",schema:"^[^/\\s]+/\\S+$",parentSchema:schema35,data:data6};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(Array.isArray(data6)){
if(data6.length < 1){
const err17 = {instancePath:instancePath+"/model",schemaPath:"#/$defs/model/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema35,data:data6};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
const len1 = data6.length;
for(let i1=0; i1<len1; i1++){
let data7 = data6[i1];
if(typeof data7 === "string"){
if(!pattern10.test(data7)){
const err18 = {instancePath:instancePath+"/model/" + i1,schemaPath:"#/$defs/model/items/pattern",keyword:"pattern",params:{pattern: "^[^/\\s]+/\\S+$"},message:"must match pattern \""+"^[^/\\s]+/\\S+$"+"\"",schema:"^[^/\\s]+/\\S+$",parentSchema:schema35.items,data:data7};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
else {
const err19 = {instancePath:instancePath+"/model/" + i1,schemaPath:"#/$defs/model/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema35.items.type,parentSchema:schema35.items,data:data7};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
}
}
if(data.models !== undefined){
let data8 = data.models;
if(Array.isArray(data8)){
if(data8.length < 1){
const err20 = {instancePath:instancePath+"/models",schemaPath:"#/$defs/models/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema36,data:data8};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
const len2 = data8.length;
for(let i2=0; i2<len2; i2++){
let data9 = data8[i2];
if(typeof data9 === "string"){
if(!pattern10.test(data9)){
const err21 = {instancePath:instancePath+"/models/" + i2,schemaPath:"#/$defs/models/items/pattern",keyword:"pattern",params:{pattern: "^[^/\\s]+/\\S+$"},message:"must match pattern \""+"^[^/\\s]+/\\S+$"+"\"",schema:"^[^/\\s]+/\\S+$",parentSchema:schema36.items,data:data9};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
else {
const err22 = {instancePath:instancePath+"/models/" + i2,schemaPath:"#/$defs/models/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema36.items.type,parentSchema:schema36.items,data:data9};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
}
else {
const err23 = {instancePath:instancePath+"/models",schemaPath:"#/$defs/models/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema36.type,parentSchema:schema36,data:data8};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(data.system !== undefined){
if(!(validate21(data.system, {instancePath:instancePath+"/system",parentData:data,parentDataProperty:"system",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate21.errors : appended(vErrors, validate21.errors);
errors = vErrors.length;
}
}
if(data.attachments !== undefined){
let data11 = data.attachments;
if((typeof data11 !== "string") && (!(Array.isArray(data11)))){
const err24 = {instancePath:instancePath+"/attachments",schemaPath:"#/properties/attachments/type",keyword:"type",params:{type: schema60.properties.attachments.type},message:"must be string,array",schema:schema60.properties.attachments.type,parentSchema:schema60.properties.attachments,data:data11};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
if(typeof data11 === "string"){
if(!pattern6.test(data11)){
const err25 = {instancePath:instancePath+"/attachments",schemaPath:"#/properties/attachments/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema60.properties.attachments,data:data11};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
if(Array.isArray(data11)){
const len3 = data11.length;
for(let i3=0; i3<len3; i3++){
let data12 = data11[i3];
if(typeof data12 === "string"){
if(!pattern6.test(data12)){
const err26 = {instancePath:instancePath+"/attachments/" + i3,schemaPath:"#/properties/attachments/items/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema60.properties.attachments.items,data:data12};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
else {
const err27 = {instancePath:instancePath+"/attachments/" + i3,schemaPath:"#/properties/attachments/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema60.properties.attachments.items.type,parentSchema:schema60.properties.attachments.items,data:data12};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
}
}
if(data.max_tokens !== undefined){
let data13 = data.max_tokens;
if((!(((typeof data13 == "number") && (!(data13 % 1) && !isNaN(data13))) && (isFinite(data13)))) && (typeof data13 !== "string")){
const err28 = {instancePath:instancePath+"/max_tokens",schemaPath:"#/$defs/count/type",keyword:"type",params:{type: schema37.type},message:"must be integer,string",schema:schema37.type,parentSchema:schema37,data:data13};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
if((typeof data13 == "number") && (isFinite(data13))){
if(data13 < 1 || isNaN(data13)){
const err29 = {instancePath:instancePath+"/max_tokens",schemaPath:"#/$defs/count/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema37,data:data13};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(typeof data13 === "string"){
if(!pattern15.test(data13)){
const err30 = {instancePath:instancePath+"/max_tokens",schemaPath:"#/$defs/count/pattern",keyword:"pattern",params:{pattern: "^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"},message:"must match pattern \""+"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"+"\"",schema:"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$",parentSchema:schema37,data:data13};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
}
if(data.temperature !== undefined){
let data14 = data.temperature;
if((typeof data14 == "number") && (isFinite(data14))){
if(data14 > 2 || isNaN(data14)){
const err31 = {instancePath:instancePath+"/temperature",schemaPath:"#/properties/temperature/maximum",keyword:"maximum",params:{comparison: "<=", limit: 2},message:"must be <= 2",schema:2,parentSchema:schema60.properties.temperature,data:data14};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
if(data14 < 0 || isNaN(data14)){
const err32 = {instancePath:instancePath+"/temperature",schemaPath:"#/properties/temperature/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema60.properties.temperature,data:data14};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
else {
const err33 = {instancePath:instancePath+"/temperature",schemaPath:"#/properties/temperature/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema60.properties.temperature.type,parentSchema:schema60.properties.temperature,data:data14};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
if(data.top_p !== undefined){
let data15 = data.top_p;
if((typeof data15 == "number") && (isFinite(data15))){
if(data15 > 1 || isNaN(data15)){
const err34 = {instancePath:instancePath+"/top_p",schemaPath:"#/properties/top_p/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1},message:"must be <= 1",schema:1,parentSchema:schema60.properties.top_p,data:data15};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
if(data15 < 0 || isNaN(data15)){
const err35 = {instancePath:instancePath+"/top_p",schemaPath:"#/properties/top_p/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema60.properties.top_p,data:data15};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
else {
const err36 = {instancePath:instancePath+"/top_p",schemaPath:"#/properties/top_p/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema60.properties.top_p.type,parentSchema:schema60.properties.top_p,data:data15};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
if(data.stop !== undefined){
let data16 = data.stop;
if((typeof data16 !== "string") && (!(Array.isArray(data16)))){
const err37 = {instancePath:instancePath+"/stop",schemaPath:"#/$defs/textOrTexts/type",keyword:"type",params:{type: schema38.type},message:"must be string,array",schema:schema38.type,parentSchema:schema38,data:data16};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
if(Array.isArray(data16)){
const len4 = data16.length;
for(let i4=0; i4<len4; i4++){
let data17 = data16[i4];
if(typeof data17 !== "string"){
const err38 = {instancePath:instancePath+"/stop/" + i4,schemaPath:"#/$defs/textOrTexts/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema38.items.type,parentSchema:schema38.items,data:data17};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
}
}
if(data.reasoning !== undefined){
let data18 = data.reasoning;
if(typeof data18 !== "string"){
const err39 = {instancePath:instancePath+"/reasoning",schemaPath:"#/properties/reasoning/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema60.properties.reasoning.type,parentSchema:schema60.properties.reasoning,data:data18};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
if(!(((((((data18 === "none") || (data18 === "minimal")) || (data18 === "low")) || (data18 === "medium")) || (data18 === "high")) || (data18 === "xhigh")) || (data18 === "max"))){
const err40 = {instancePath:instancePath+"/reasoning",schemaPath:"#/properties/reasoning/enum",keyword:"enum",params:{allowedValues: schema60.properties.reasoning.enum},message:"must be equal to one of the allowed values",schema:schema60.properties.reasoning.enum,parentSchema:schema60.properties.reasoning,data:data18};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
if(data.schema !== undefined){
let data19 = data.schema;
if(!(data19 && typeof data19 == "object" && !Array.isArray(data19))){
const err41 = {instancePath:instancePath+"/schema",schemaPath:"#/properties/schema/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema60.properties.schema.type,parentSchema:schema60.properties.schema,data:data19};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
if(data.expect !== undefined){
let data20 = data.expect;
if((typeof data20 !== "string") && (!(data20 && typeof data20 == "object" && !Array.isArray(data20)))){
const err42 = {instancePath:instancePath+"/expect",schemaPath:"#/properties/expect/type",keyword:"type",params:{type: schema60.properties.expect.type},message:"must be string,object",schema:schema60.properties.expect.type,parentSchema:schema60.properties.expect,data:data20};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
if(typeof data20 === "string"){
if(!pattern6.test(data20)){
const err43 = {instancePath:instancePath+"/expect",schemaPath:"#/properties/expect/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema60.properties.expect,data:data20};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
}
if(data.on_truncated !== undefined){
let data21 = data.on_truncated;
if(typeof data21 !== "string"){
const err44 = {instancePath:instancePath+"/on_truncated",schemaPath:"#/properties/on_truncated/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema60.properties.on_truncated.type,parentSchema:schema60.properties.on_truncated,data:data21};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
if(!((data21 === "fail") || (data21 === "grow"))){
const err45 = {instancePath:instancePath+"/on_truncated",schemaPath:"#/properties/on_truncated/enum",keyword:"enum",params:{allowedValues: schema60.properties.on_truncated.enum},message:"must be equal to one of the allowed values",schema:schema60.properties.on_truncated.enum,parentSchema:schema60.properties.on_truncated,data:data21};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
if(data.prompt_cache !== undefined){
let data22 = data.prompt_cache;
if(typeof data22 !== "string"){
const err46 = {instancePath:instancePath+"/prompt_cache",schemaPath:"#/properties/prompt_cache/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema60.properties.prompt_cache.type,parentSchema:schema60.properties.prompt_cache,data:data22};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
if(!((((((data22 === "auto") || (data22 === "off")) || (data22 === "5m")) || (data22 === "1h")) || (data22 === "30m")) || (data22 === "12h"))){
const err47 = {instancePath:instancePath+"/prompt_cache",schemaPath:"#/properties/prompt_cache/enum",keyword:"enum",params:{allowedValues: schema60.properties.prompt_cache.enum},message:"must be equal to one of the allowed values",schema:schema60.properties.prompt_cache.enum,parentSchema:schema60.properties.prompt_cache,data:data22};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
if(data.timeout !== undefined){
let data23 = data.timeout;
if(typeof data23 === "string"){
if(!pattern17.test(data23)){
const err48 = {instancePath:instancePath+"/timeout",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$"},message:"must match pattern \""+"^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$"+"\"",schema:"^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$",parentSchema:schema39,data:data23};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
else {
const err49 = {instancePath:instancePath+"/timeout",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema39.type,parentSchema:schema39,data:data23};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
if(data.max_retries !== undefined){
let data24 = data.max_retries;
if(!(((typeof data24 == "number") && (!(data24 % 1) && !isNaN(data24))) && (isFinite(data24)))){
const err50 = {instancePath:instancePath+"/max_retries",schemaPath:"#/properties/max_retries/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema60.properties.max_retries.type,parentSchema:schema60.properties.max_retries,data:data24};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
if((typeof data24 == "number") && (isFinite(data24))){
if(data24 > 100 || isNaN(data24)){
const err51 = {instancePath:instancePath+"/max_retries",schemaPath:"#/properties/max_retries/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100},message:"must be <= 100",schema:100,parentSchema:schema60.properties.max_retries,data:data24};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
if(data24 < 0 || isNaN(data24)){
const err52 = {instancePath:instancePath+"/max_retries",schemaPath:"#/properties/max_retries/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema60.properties.max_retries,data:data24};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
}
}
if(data.for_each !== undefined){
let data25 = data.for_each;
if(!data25 || typeof data25 != "object"){
const err53 = {instancePath:instancePath+"/for_each",schemaPath:"#/$defs/forEach/type",keyword:"type",params:{type: schema67.type},message:"must be array,object",schema:schema67.type,parentSchema:schema67,data:data25};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
if(data25 && typeof data25 == "object" && !Array.isArray(data25)){
for(const key2 in data25){
if(!(((((((((key2 === "glob") || (key2 === "file")) || (key2 === "files")) || (key2 === "needs")) || (key2 === "format")) || (key2 === "delimiter")) || (key2 === "encoding")) || (key2 === "key")) || (pattern4.test(key2)))){
const err54 = {instancePath:instancePath+"/for_each",schemaPath:"#/$defs/forEach/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties",schema:false,parentSchema:schema67,data:data25};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
}
if(data25.glob !== undefined){
let data26 = data25.glob;
if((typeof data26 !== "string") && (!(Array.isArray(data26)))){
const err55 = {instancePath:instancePath+"/for_each/glob",schemaPath:"#/$defs/forEach/properties/glob/type",keyword:"type",params:{type: schema67.properties.glob.type},message:"must be string,array",schema:schema67.properties.glob.type,parentSchema:schema67.properties.glob,data:data26};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
if(Array.isArray(data26)){
const len5 = data26.length;
for(let i5=0; i5<len5; i5++){
let data27 = data26[i5];
if(typeof data27 !== "string"){
const err56 = {instancePath:instancePath+"/for_each/glob/" + i5,schemaPath:"#/$defs/forEach/properties/glob/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema67.properties.glob.items.type,parentSchema:schema67.properties.glob.items,data:data27};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
}
}
if(data25.file !== undefined){
let data28 = data25.file;
if(typeof data28 === "string"){
if(!pattern6.test(data28)){
const err57 = {instancePath:instancePath+"/for_each/file",schemaPath:"#/$defs/forEach/properties/file/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema67.properties.file,data:data28};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
else {
const err58 = {instancePath:instancePath+"/for_each/file",schemaPath:"#/$defs/forEach/properties/file/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema67.properties.file.type,parentSchema:schema67.properties.file,data:data28};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
if(data25.files !== undefined){
let data29 = data25.files;
if((typeof data29 !== "string") && (!(Array.isArray(data29)))){
const err59 = {instancePath:instancePath+"/for_each/files",schemaPath:"#/$defs/forEach/properties/files/type",keyword:"type",params:{type: schema67.properties.files.type},message:"must be string,array",schema:schema67.properties.files.type,parentSchema:schema67.properties.files,data:data29};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
if(typeof data29 === "string"){
if(!pattern6.test(data29)){
const err60 = {instancePath:instancePath+"/for_each/files",schemaPath:"#/$defs/forEach/properties/files/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema67.properties.files,data:data29};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
}
if(Array.isArray(data29)){
const len6 = data29.length;
for(let i6=0; i6<len6; i6++){
let data30 = data29[i6];
if(typeof data30 === "string"){
if(!pattern6.test(data30)){
const err61 = {instancePath:instancePath+"/for_each/files/" + i6,schemaPath:"#/$defs/forEach/properties/files/items/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema67.properties.files.items,data:data30};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
}
else {
const err62 = {instancePath:instancePath+"/for_each/files/" + i6,schemaPath:"#/$defs/forEach/properties/files/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema67.properties.files.items.type,parentSchema:schema67.properties.files.items,data:data30};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
}
}
}
if(data25.needs !== undefined){
let data31 = data25.needs;
if(typeof data31 !== "string"){
const err63 = {instancePath:instancePath+"/for_each/needs",schemaPath:"#/$defs/forEach/properties/needs/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema67.properties.needs.type,parentSchema:schema67.properties.needs,data:data31};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
}
if(data25.format !== undefined){
let data32 = data25.format;
if(typeof data32 !== "string"){
const err64 = {instancePath:instancePath+"/for_each/format",schemaPath:"#/$defs/forEach/properties/format/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema67.properties.format.type,parentSchema:schema67.properties.format,data:data32};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
if(!(((((((data32 === "csv") || (data32 === "tsv")) || (data32 === "jsonl")) || (data32 === "json")) || (data32 === "yaml")) || (data32 === "parquet")) || (data32 === "lines"))){
const err65 = {instancePath:instancePath+"/for_each/format",schemaPath:"#/$defs/forEach/properties/format/enum",keyword:"enum",params:{allowedValues: schema67.properties.format.enum},message:"must be equal to one of the allowed values",schema:schema67.properties.format.enum,parentSchema:schema67.properties.format,data:data32};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
}
if(data25.delimiter !== undefined){
let data33 = data25.delimiter;
if(typeof data33 !== "string"){
const err66 = {instancePath:instancePath+"/for_each/delimiter",schemaPath:"#/$defs/forEach/properties/delimiter/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema67.properties.delimiter.type,parentSchema:schema67.properties.delimiter,data:data33};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
if(!((((data33 === ",") || (data33 === ";")) || (data33 === "\t")) || (data33 === "|"))){
const err67 = {instancePath:instancePath+"/for_each/delimiter",schemaPath:"#/$defs/forEach/properties/delimiter/enum",keyword:"enum",params:{allowedValues: schema67.properties.delimiter.enum},message:"must be equal to one of the allowed values",schema:schema67.properties.delimiter.enum,parentSchema:schema67.properties.delimiter,data:data33};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
}
if(data25.encoding !== undefined){
let data34 = data25.encoding;
if(typeof data34 !== "string"){
const err68 = {instancePath:instancePath+"/for_each/encoding",schemaPath:"#/$defs/forEach/properties/encoding/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema67.properties.encoding.type,parentSchema:schema67.properties.encoding,data:data34};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
if(!(((data34 === "utf-8") || (data34 === "utf-16")) || (data34 === "windows-1252"))){
const err69 = {instancePath:instancePath+"/for_each/encoding",schemaPath:"#/$defs/forEach/properties/encoding/enum",keyword:"enum",params:{allowedValues: schema67.properties.encoding.enum},message:"must be equal to one of the allowed values",schema:schema67.properties.encoding.enum,parentSchema:schema67.properties.encoding,data:data34};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
}
if(data25.key !== undefined){
let data35 = data25.key;
if(typeof data35 === "string"){
if(!pattern6.test(data35)){
const err70 = {instancePath:instancePath+"/for_each/key",schemaPath:"#/$defs/forEach/properties/key/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema67.properties.key,data:data35};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
}
else {
const err71 = {instancePath:instancePath+"/for_each/key",schemaPath:"#/$defs/forEach/properties/key/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema67.properties.key.type,parentSchema:schema67.properties.key,data:data35};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
}
}
}
if(data.matrix !== undefined){
let data36 = data.matrix;
if(data36 && typeof data36 == "object" && !Array.isArray(data36)){
for(const key3 in data36){
if(!(((key3 === "include") || (key3 === "exclude")) || (pattern4.test(key3)))){
let data37 = data36[key3];
if(!(Array.isArray(data37))){
const err72 = {instancePath:instancePath+"/matrix/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/$defs/matrix/additionalProperties/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema68.additionalProperties.type,parentSchema:schema68.additionalProperties,data:data37};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
}
}
if(data36.include !== undefined){
let data38 = data36.include;
if(Array.isArray(data38)){
const len7 = data38.length;
for(let i7=0; i7<len7; i7++){
let data39 = data38[i7];
if(!(data39 && typeof data39 == "object" && !Array.isArray(data39))){
const err73 = {instancePath:instancePath+"/matrix/include/" + i7,schemaPath:"#/$defs/matrix/properties/include/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema68.properties.include.items.type,parentSchema:schema68.properties.include.items,data:data39};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
}
}
else {
const err74 = {instancePath:instancePath+"/matrix/include",schemaPath:"#/$defs/matrix/properties/include/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema68.properties.include.type,parentSchema:schema68.properties.include,data:data38};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
}
if(data36.exclude !== undefined){
let data40 = data36.exclude;
if(Array.isArray(data40)){
const len8 = data40.length;
for(let i8=0; i8<len8; i8++){
let data41 = data40[i8];
if(!(data41 && typeof data41 == "object" && !Array.isArray(data41))){
const err75 = {instancePath:instancePath+"/matrix/exclude/" + i8,schemaPath:"#/$defs/matrix/properties/exclude/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema68.properties.exclude.items.type,parentSchema:schema68.properties.exclude.items,data:data41};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
}
}
else {
const err76 = {instancePath:instancePath+"/matrix/exclude",schemaPath:"#/$defs/matrix/properties/exclude/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema68.properties.exclude.type,parentSchema:schema68.properties.exclude,data:data40};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
}
}
else {
const err77 = {instancePath:instancePath+"/matrix",schemaPath:"#/$defs/matrix/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema68.type,parentSchema:schema68,data:data36};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
}
if(data.repeat !== undefined){
let data42 = data.repeat;
if(!(((typeof data42 == "number") && (!(data42 % 1) && !isNaN(data42))) && (isFinite(data42)))){
const err78 = {instancePath:instancePath+"/repeat",schemaPath:"#/properties/repeat/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema60.properties.repeat.type,parentSchema:schema60.properties.repeat,data:data42};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
if((typeof data42 == "number") && (isFinite(data42))){
if(data42 > 1000 || isNaN(data42)){
const err79 = {instancePath:instancePath+"/repeat",schemaPath:"#/properties/repeat/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000},message:"must be <= 1000",schema:1000,parentSchema:schema60.properties.repeat,data:data42};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
if(data42 < 1 || isNaN(data42)){
const err80 = {instancePath:instancePath+"/repeat",schemaPath:"#/properties/repeat/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema60.properties.repeat,data:data42};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
}
}
if(data.needs !== undefined){
let data43 = data.needs;
if((typeof data43 !== "string") && (!(Array.isArray(data43)))){
const err81 = {instancePath:instancePath+"/needs",schemaPath:"#/properties/needs/type",keyword:"type",params:{type: schema60.properties.needs.type},message:"must be string,array",schema:schema60.properties.needs.type,parentSchema:schema60.properties.needs,data:data43};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
if(Array.isArray(data43)){
const len9 = data43.length;
for(let i9=0; i9<len9; i9++){
let data44 = data43[i9];
if((typeof data44 !== "string") && (!(data44 && typeof data44 == "object" && !Array.isArray(data44)))){
const err82 = {instancePath:instancePath+"/needs/" + i9,schemaPath:"#/$defs/need/type",keyword:"type",params:{type: schema69.type},message:"must be string,object",schema:schema69.type,parentSchema:schema69,data:data44};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
if(data44 && typeof data44 == "object" && !Array.isArray(data44)){
if(data44.id === undefined){
const err83 = {instancePath:instancePath+"/needs/" + i9,schemaPath:"#/$defs/need/required",keyword:"required",params:{missingProperty: "id"},message:"must have required property '"+"id"+"'",schema:schema69.required,parentSchema:schema69,data:data44};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
for(const key4 in data44){
if(!(((key4 === "id") || (key4 === "allow_failed")) || (pattern4.test(key4)))){
const err84 = {instancePath:instancePath+"/needs/" + i9,schemaPath:"#/$defs/need/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties",schema:false,parentSchema:schema69,data:data44};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
}
if(data44.id !== undefined){
let data45 = data44.id;
if(typeof data45 !== "string"){
const err85 = {instancePath:instancePath+"/needs/" + i9+"/id",schemaPath:"#/$defs/need/properties/id/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema69.properties.id.type,parentSchema:schema69.properties.id,data:data45};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
}
if(data44.allow_failed !== undefined){
let data46 = data44.allow_failed;
if(typeof data46 !== "boolean"){
const err86 = {instancePath:instancePath+"/needs/" + i9+"/allow_failed",schemaPath:"#/$defs/need/properties/allow_failed/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema69.properties.allow_failed.type,parentSchema:schema69.properties.allow_failed,data:data46};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
}
}
}
}
}
if(data.if !== undefined){
let data47 = data.if;
if((typeof data47 !== "string") && (typeof data47 !== "boolean")){
const err87 = {instancePath:instancePath+"/if",schemaPath:"#/properties/if/type",keyword:"type",params:{type: schema60.properties.if.type},message:"must be string,boolean",schema:schema60.properties.if.type,parentSchema:schema60.properties.if,data:data47};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
if(typeof data47 === "string"){
if(!pattern6.test(data47)){
const err88 = {instancePath:instancePath+"/if",schemaPath:"#/properties/if/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema60.properties.if,data:data47};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
}
}
if(data.tags !== undefined){
let data48 = data.tags;
if(Array.isArray(data48)){
const len10 = data48.length;
for(let i10=0; i10<len10; i10++){
let data49 = data48[i10];
if(typeof data49 === "string"){
if(!pattern19.test(data49)){
const err89 = {instancePath:instancePath+"/tags/" + i10,schemaPath:"#/properties/tags/items/pattern",keyword:"pattern",params:{pattern: "^\\S+$"},message:"must match pattern \""+"^\\S+$"+"\"",schema:"^\\S+$",parentSchema:schema60.properties.tags.items,data:data49};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
}
else {
const err90 = {instancePath:instancePath+"/tags/" + i10,schemaPath:"#/properties/tags/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema60.properties.tags.items.type,parentSchema:schema60.properties.tags.items,data:data49};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
}
}
else {
const err91 = {instancePath:instancePath+"/tags",schemaPath:"#/properties/tags/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema60.properties.tags.type,parentSchema:schema60.properties.tags,data:data48};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
}
if(data.context !== undefined){
let data50 = data.context;
if(typeof data50 !== "boolean"){
const err92 = {instancePath:instancePath+"/context",schemaPath:"#/properties/context/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema60.properties.context.type,parentSchema:schema60.properties.context,data:data50};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
}
if(data.params !== undefined){
let data51 = data.params;
if(!(data51 && typeof data51 == "object" && !Array.isArray(data51))){
const err93 = {instancePath:instancePath+"/params",schemaPath:"#/properties/params/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema60.properties.params.type,parentSchema:schema60.properties.params,data:data51};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
}
}
validate31.errors = vErrors;
return errors === 0;
}
validate31.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};


function validate20(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate20.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.tasks === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "tasks"},message:"must have required property '"+"tasks"+"'",schema:schema31.required,parentSchema:schema31,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!((func1.call(schema31.properties, key0)) || (pattern4.test(key0)))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema31,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.$schema !== undefined){
let data0 = data.$schema;
if(typeof data0 !== "string"){
const err2 = {instancePath:instancePath+"/$schema",schemaPath:"#/properties/%24schema/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.$schema.type,parentSchema:schema31.properties.$schema,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.version !== undefined){
let data1 = data.version;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
const err3 = {instancePath:instancePath+"/version",schemaPath:"#/properties/version/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.version.type,parentSchema:schema31.properties.version,data:data1};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(!(data1 === 1)){
const err4 = {instancePath:instancePath+"/version",schemaPath:"#/properties/version/enum",keyword:"enum",params:{allowedValues: schema31.properties.version.enum},message:"must be equal to one of the allowed values",schema:schema31.properties.version.enum,parentSchema:schema31.properties.version,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.name !== undefined){
let data2 = data.name;
if(typeof data2 !== "string"){
const err5 = {instancePath:instancePath+"/name",schemaPath:"#/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.name.type,parentSchema:schema31.properties.name,data:data2};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.vars !== undefined){
let data3 = data.vars;
if(!(data3 && typeof data3 == "object" && !Array.isArray(data3))){
const err6 = {instancePath:instancePath+"/vars",schemaPath:"#/properties/vars/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.vars.type,parentSchema:schema31.properties.vars,data:data3};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.context !== undefined){
let data4 = data.context;
if((!data4 || typeof data4 != "object") && (typeof data4 !== "string")){
const err7 = {instancePath:instancePath+"/context",schemaPath:"#/properties/context/type",keyword:"type",params:{type: schema31.properties.context.type},message:"must be string,object,array",schema:schema31.properties.context.type,parentSchema:schema31.properties.context,data:data4};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(Array.isArray(data4)){
const len0 = data4.length;
for(let i0=0; i0<len0; i0++){
if(!(validate21(data4[i0], {instancePath:instancePath+"/context/" + i0,parentData:data4,parentDataProperty:i0,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate21.errors : appended(vErrors, validate21.errors);
errors = vErrors.length;
}
}
}
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
if(data4.file === undefined){
const err8 = {instancePath:instancePath+"/context",schemaPath:"#/properties/context/required",keyword:"required",params:{missingProperty: "file"},message:"must have required property '"+"file"+"'",schema:schema31.properties.context.required,parentSchema:schema31.properties.context,data:data4};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
for(const key1 in data4){
if(!((key1 === "file") || (pattern4.test(key1)))){
const err9 = {instancePath:instancePath+"/context",schemaPath:"#/properties/context/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.context,data:data4};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data4.file !== undefined){
let data6 = data4.file;
if(typeof data6 === "string"){
if(!pattern6.test(data6)){
const err10 = {instancePath:instancePath+"/context/file",schemaPath:"#/$defs/fileName/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema33,data:data6};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
else {
const err11 = {instancePath:instancePath+"/context/file",schemaPath:"#/$defs/fileName/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema33.type,parentSchema:schema33,data:data6};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
}
}
if(data.defaults !== undefined){
let data7 = data.defaults;
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
for(const key2 in data7){
if(!((func1.call(schema31.properties.defaults.properties, key2)) || (pattern4.test(key2)))){
const err12 = {instancePath:instancePath+"/defaults",schemaPath:"#/properties/defaults/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.defaults,data:data7};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data7.model !== undefined){
let data8 = data7.model;
if((typeof data8 !== "string") && (!(Array.isArray(data8)))){
const err13 = {instancePath:instancePath+"/defaults/model",schemaPath:"#/$defs/model/type",keyword:"type",params:{type: schema35.type},message:"must be string,array",schema:schema35.type,parentSchema:schema35,data:data8};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(typeof data8 === "string"){
if(!pattern10.test(data8)){
const err14 = {instancePath:instancePath+"/defaults/model",schemaPath:"#/$defs/model/pattern",keyword:"pattern",params:{pattern: "^[^/\\s]+/\\S+$"},message:"must match pattern \""+"^[^/\\s]+/\\S+$"+"\"",schema:"^[^/\\s]+/\\S+$",parentSchema:schema35,data:data8};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(Array.isArray(data8)){
if(data8.length < 1){
const err15 = {instancePath:instancePath+"/defaults/model",schemaPath:"#/$defs/model/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema35,data:data8};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
const len1 = data8.length;
for(let i1=0; i1<len1; i1++){
let data9 = data8[i1];
if(typeof data9 === "string"){
if(!pattern10.test(data9)){
const err16 = {instancePath:instancePath+"/defaults/model/" + i1,schemaPath:"#/$defs/model/items/pattern",keyword:"pattern",params:{pattern: "^[^/\\s]+/\\S+$"},message:"must match pattern \""+"^[^/\\s]+/\\S+$"+"\"",schema:"^[^/\\s]+/\\S+$",parentSchema:schema35.items,data:data9};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
else {
const err17 = {instancePath:instancePath+"/defaults/model/" + i1,schemaPath:"#/$defs/model/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema35.items.type,parentSchema:schema35.items,data:data9};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
}
}
if(data7.models !== undefined){
let data10 = data7.models;
if(Array.isArray(data10)){
if(data10.length < 1){
const err18 = {instancePath:instancePath+"/defaults/models",schemaPath:"#/$defs/models/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema36,data:data10};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
const len2 = data10.length;
for(let i2=0; i2<len2; i2++){
let data11 = data10[i2];
if(typeof data11 === "string"){
if(!pattern10.test(data11)){
const err19 = {instancePath:instancePath+"/defaults/models/" + i2,schemaPath:"#/$defs/models/items/pattern",keyword:"pattern",params:{pattern: "^[^/\\s]+/\\S+$"},message:"must match pattern \""+"^[^/\\s]+/\\S+$"+"\"",schema:"^[^/\\s]+/\\S+$",parentSchema:schema36.items,data:data11};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
else {
const err20 = {instancePath:instancePath+"/defaults/models/" + i2,schemaPath:"#/$defs/models/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema36.items.type,parentSchema:schema36.items,data:data11};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
}
else {
const err21 = {instancePath:instancePath+"/defaults/models",schemaPath:"#/$defs/models/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema36.type,parentSchema:schema36,data:data10};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(data7.system !== undefined){
if(!(validate21(data7.system, {instancePath:instancePath+"/defaults/system",parentData:data7,parentDataProperty:"system",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate21.errors : appended(vErrors, validate21.errors);
errors = vErrors.length;
}
}
if(data7.attachments !== undefined){
let data13 = data7.attachments;
if((typeof data13 !== "string") && (!(Array.isArray(data13)))){
const err22 = {instancePath:instancePath+"/defaults/attachments",schemaPath:"#/properties/defaults/properties/attachments/type",keyword:"type",params:{type: schema31.properties.defaults.properties.attachments.type},message:"must be string,array",schema:schema31.properties.defaults.properties.attachments.type,parentSchema:schema31.properties.defaults.properties.attachments,data:data13};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
if(typeof data13 === "string"){
if(!pattern6.test(data13)){
const err23 = {instancePath:instancePath+"/defaults/attachments",schemaPath:"#/properties/defaults/properties/attachments/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema31.properties.defaults.properties.attachments,data:data13};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(Array.isArray(data13)){
const len3 = data13.length;
for(let i3=0; i3<len3; i3++){
let data14 = data13[i3];
if(typeof data14 === "string"){
if(!pattern6.test(data14)){
const err24 = {instancePath:instancePath+"/defaults/attachments/" + i3,schemaPath:"#/properties/defaults/properties/attachments/items/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema31.properties.defaults.properties.attachments.items,data:data14};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
else {
const err25 = {instancePath:instancePath+"/defaults/attachments/" + i3,schemaPath:"#/properties/defaults/properties/attachments/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.defaults.properties.attachments.items.type,parentSchema:schema31.properties.defaults.properties.attachments.items,data:data14};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
}
}
if(data7.max_tokens !== undefined){
let data15 = data7.max_tokens;
if((!(((typeof data15 == "number") && (!(data15 % 1) && !isNaN(data15))) && (isFinite(data15)))) && (typeof data15 !== "string")){
const err26 = {instancePath:instancePath+"/defaults/max_tokens",schemaPath:"#/$defs/count/type",keyword:"type",params:{type: schema37.type},message:"must be integer,string",schema:schema37.type,parentSchema:schema37,data:data15};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
if((typeof data15 == "number") && (isFinite(data15))){
if(data15 < 1 || isNaN(data15)){
const err27 = {instancePath:instancePath+"/defaults/max_tokens",schemaPath:"#/$defs/count/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema37,data:data15};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
if(typeof data15 === "string"){
if(!pattern15.test(data15)){
const err28 = {instancePath:instancePath+"/defaults/max_tokens",schemaPath:"#/$defs/count/pattern",keyword:"pattern",params:{pattern: "^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"},message:"must match pattern \""+"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$"+"\"",schema:"^\\d[\\d_]*(\\.\\d+)?[kKmM]?$",parentSchema:schema37,data:data15};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
}
if(data7.temperature !== undefined){
let data16 = data7.temperature;
if((typeof data16 == "number") && (isFinite(data16))){
if(data16 > 2 || isNaN(data16)){
const err29 = {instancePath:instancePath+"/defaults/temperature",schemaPath:"#/properties/defaults/properties/temperature/maximum",keyword:"maximum",params:{comparison: "<=", limit: 2},message:"must be <= 2",schema:2,parentSchema:schema31.properties.defaults.properties.temperature,data:data16};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
if(data16 < 0 || isNaN(data16)){
const err30 = {instancePath:instancePath+"/defaults/temperature",schemaPath:"#/properties/defaults/properties/temperature/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema31.properties.defaults.properties.temperature,data:data16};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
else {
const err31 = {instancePath:instancePath+"/defaults/temperature",schemaPath:"#/properties/defaults/properties/temperature/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema31.properties.defaults.properties.temperature.type,parentSchema:schema31.properties.defaults.properties.temperature,data:data16};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
if(data7.top_p !== undefined){
let data17 = data7.top_p;
if((typeof data17 == "number") && (isFinite(data17))){
if(data17 > 1 || isNaN(data17)){
const err32 = {instancePath:instancePath+"/defaults/top_p",schemaPath:"#/properties/defaults/properties/top_p/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1},message:"must be <= 1",schema:1,parentSchema:schema31.properties.defaults.properties.top_p,data:data17};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
if(data17 < 0 || isNaN(data17)){
const err33 = {instancePath:instancePath+"/defaults/top_p",schemaPath:"#/properties/defaults/properties/top_p/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema31.properties.defaults.properties.top_p,data:data17};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
else {
const err34 = {instancePath:instancePath+"/defaults/top_p",schemaPath:"#/properties/defaults/properties/top_p/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema31.properties.defaults.properties.top_p.type,parentSchema:schema31.properties.defaults.properties.top_p,data:data17};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
if(data7.stop !== undefined){
let data18 = data7.stop;
if((typeof data18 !== "string") && (!(Array.isArray(data18)))){
const err35 = {instancePath:instancePath+"/defaults/stop",schemaPath:"#/$defs/textOrTexts/type",keyword:"type",params:{type: schema38.type},message:"must be string,array",schema:schema38.type,parentSchema:schema38,data:data18};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
if(Array.isArray(data18)){
const len4 = data18.length;
for(let i4=0; i4<len4; i4++){
let data19 = data18[i4];
if(typeof data19 !== "string"){
const err36 = {instancePath:instancePath+"/defaults/stop/" + i4,schemaPath:"#/$defs/textOrTexts/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema38.items.type,parentSchema:schema38.items,data:data19};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
}
}
if(data7.reasoning !== undefined){
let data20 = data7.reasoning;
if(typeof data20 !== "string"){
const err37 = {instancePath:instancePath+"/defaults/reasoning",schemaPath:"#/properties/defaults/properties/reasoning/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.defaults.properties.reasoning.type,parentSchema:schema31.properties.defaults.properties.reasoning,data:data20};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
if(!(((((((data20 === "none") || (data20 === "minimal")) || (data20 === "low")) || (data20 === "medium")) || (data20 === "high")) || (data20 === "xhigh")) || (data20 === "max"))){
const err38 = {instancePath:instancePath+"/defaults/reasoning",schemaPath:"#/properties/defaults/properties/reasoning/enum",keyword:"enum",params:{allowedValues: schema31.properties.defaults.properties.reasoning.enum},message:"must be equal to one of the allowed values",schema:schema31.properties.defaults.properties.reasoning.enum,parentSchema:schema31.properties.defaults.properties.reasoning,data:data20};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
if(data7.schema !== undefined){
let data21 = data7.schema;
if(!(data21 && typeof data21 == "object" && !Array.isArray(data21))){
const err39 = {instancePath:instancePath+"/defaults/schema",schemaPath:"#/properties/defaults/properties/schema/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.defaults.properties.schema.type,parentSchema:schema31.properties.defaults.properties.schema,data:data21};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
if(data7.expect !== undefined){
let data22 = data7.expect;
if((typeof data22 !== "string") && (!(data22 && typeof data22 == "object" && !Array.isArray(data22)))){
const err40 = {instancePath:instancePath+"/defaults/expect",schemaPath:"#/properties/defaults/properties/expect/type",keyword:"type",params:{type: schema31.properties.defaults.properties.expect.type},message:"must be string,object",schema:schema31.properties.defaults.properties.expect.type,parentSchema:schema31.properties.defaults.properties.expect,data:data22};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
if(typeof data22 === "string"){
if(!pattern6.test(data22)){
const err41 = {instancePath:instancePath+"/defaults/expect",schemaPath:"#/properties/defaults/properties/expect/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema31.properties.defaults.properties.expect,data:data22};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
}
if(data7.on_truncated !== undefined){
let data23 = data7.on_truncated;
if(typeof data23 !== "string"){
const err42 = {instancePath:instancePath+"/defaults/on_truncated",schemaPath:"#/properties/defaults/properties/on_truncated/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.defaults.properties.on_truncated.type,parentSchema:schema31.properties.defaults.properties.on_truncated,data:data23};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
if(!((data23 === "fail") || (data23 === "grow"))){
const err43 = {instancePath:instancePath+"/defaults/on_truncated",schemaPath:"#/properties/defaults/properties/on_truncated/enum",keyword:"enum",params:{allowedValues: schema31.properties.defaults.properties.on_truncated.enum},message:"must be equal to one of the allowed values",schema:schema31.properties.defaults.properties.on_truncated.enum,parentSchema:schema31.properties.defaults.properties.on_truncated,data:data23};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
if(data7.prompt_cache !== undefined){
let data24 = data7.prompt_cache;
if(typeof data24 !== "string"){
const err44 = {instancePath:instancePath+"/defaults/prompt_cache",schemaPath:"#/properties/defaults/properties/prompt_cache/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.defaults.properties.prompt_cache.type,parentSchema:schema31.properties.defaults.properties.prompt_cache,data:data24};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
if(!((((((data24 === "auto") || (data24 === "off")) || (data24 === "5m")) || (data24 === "1h")) || (data24 === "30m")) || (data24 === "12h"))){
const err45 = {instancePath:instancePath+"/defaults/prompt_cache",schemaPath:"#/properties/defaults/properties/prompt_cache/enum",keyword:"enum",params:{allowedValues: schema31.properties.defaults.properties.prompt_cache.enum},message:"must be equal to one of the allowed values",schema:schema31.properties.defaults.properties.prompt_cache.enum,parentSchema:schema31.properties.defaults.properties.prompt_cache,data:data24};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
if(data7.timeout !== undefined){
let data25 = data7.timeout;
if(typeof data25 === "string"){
if(!pattern17.test(data25)){
const err46 = {instancePath:instancePath+"/defaults/timeout",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$"},message:"must match pattern \""+"^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$"+"\"",schema:"^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$",parentSchema:schema39,data:data25};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
else {
const err47 = {instancePath:instancePath+"/defaults/timeout",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema39.type,parentSchema:schema39,data:data25};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
if(data7.max_retries !== undefined){
let data26 = data7.max_retries;
if(!(((typeof data26 == "number") && (!(data26 % 1) && !isNaN(data26))) && (isFinite(data26)))){
const err48 = {instancePath:instancePath+"/defaults/max_retries",schemaPath:"#/properties/defaults/properties/max_retries/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.defaults.properties.max_retries.type,parentSchema:schema31.properties.defaults.properties.max_retries,data:data26};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
if((typeof data26 == "number") && (isFinite(data26))){
if(data26 > 100 || isNaN(data26)){
const err49 = {instancePath:instancePath+"/defaults/max_retries",schemaPath:"#/properties/defaults/properties/max_retries/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100},message:"must be <= 100",schema:100,parentSchema:schema31.properties.defaults.properties.max_retries,data:data26};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
if(data26 < 0 || isNaN(data26)){
const err50 = {instancePath:instancePath+"/defaults/max_retries",schemaPath:"#/properties/defaults/properties/max_retries/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema31.properties.defaults.properties.max_retries,data:data26};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
}
if(data7.repeat !== undefined){
let data27 = data7.repeat;
if(!(((typeof data27 == "number") && (!(data27 % 1) && !isNaN(data27))) && (isFinite(data27)))){
const err51 = {instancePath:instancePath+"/defaults/repeat",schemaPath:"#/properties/defaults/properties/repeat/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.defaults.properties.repeat.type,parentSchema:schema31.properties.defaults.properties.repeat,data:data27};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
if((typeof data27 == "number") && (isFinite(data27))){
if(data27 > 1000 || isNaN(data27)){
const err52 = {instancePath:instancePath+"/defaults/repeat",schemaPath:"#/properties/defaults/properties/repeat/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000},message:"must be <= 1000",schema:1000,parentSchema:schema31.properties.defaults.properties.repeat,data:data27};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
if(data27 < 1 || isNaN(data27)){
const err53 = {instancePath:instancePath+"/defaults/repeat",schemaPath:"#/properties/defaults/properties/repeat/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.defaults.properties.repeat,data:data27};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
}
}
if(data7.if !== undefined){
let data28 = data7.if;
if((typeof data28 !== "string") && (typeof data28 !== "boolean")){
const err54 = {instancePath:instancePath+"/defaults/if",schemaPath:"#/properties/defaults/properties/if/type",keyword:"type",params:{type: schema31.properties.defaults.properties.if.type},message:"must be string,boolean",schema:schema31.properties.defaults.properties.if.type,parentSchema:schema31.properties.defaults.properties.if,data:data28};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
if(typeof data28 === "string"){
if(!pattern6.test(data28)){
const err55 = {instancePath:instancePath+"/defaults/if",schemaPath:"#/properties/defaults/properties/if/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema31.properties.defaults.properties.if,data:data28};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
}
if(data7.tags !== undefined){
let data29 = data7.tags;
if(Array.isArray(data29)){
const len5 = data29.length;
for(let i5=0; i5<len5; i5++){
let data30 = data29[i5];
if(typeof data30 === "string"){
if(!pattern19.test(data30)){
const err56 = {instancePath:instancePath+"/defaults/tags/" + i5,schemaPath:"#/properties/defaults/properties/tags/items/pattern",keyword:"pattern",params:{pattern: "^\\S+$"},message:"must match pattern \""+"^\\S+$"+"\"",schema:"^\\S+$",parentSchema:schema31.properties.defaults.properties.tags.items,data:data30};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
else {
const err57 = {instancePath:instancePath+"/defaults/tags/" + i5,schemaPath:"#/properties/defaults/properties/tags/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.defaults.properties.tags.items.type,parentSchema:schema31.properties.defaults.properties.tags.items,data:data30};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
}
else {
const err58 = {instancePath:instancePath+"/defaults/tags",schemaPath:"#/properties/defaults/properties/tags/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema31.properties.defaults.properties.tags.type,parentSchema:schema31.properties.defaults.properties.tags,data:data29};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
if(data7.context !== undefined){
let data31 = data7.context;
if(typeof data31 !== "boolean"){
const err59 = {instancePath:instancePath+"/defaults/context",schemaPath:"#/properties/defaults/properties/context/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema31.properties.defaults.properties.context.type,parentSchema:schema31.properties.defaults.properties.context,data:data31};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
}
if(data7.params !== undefined){
let data32 = data7.params;
if(!(data32 && typeof data32 == "object" && !Array.isArray(data32))){
const err60 = {instancePath:instancePath+"/defaults/params",schemaPath:"#/properties/defaults/properties/params/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.defaults.properties.params.type,parentSchema:schema31.properties.defaults.properties.params,data:data32};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
}
}
else {
const err61 = {instancePath:instancePath+"/defaults",schemaPath:"#/properties/defaults/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.defaults.type,parentSchema:schema31.properties.defaults,data:data7};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
}
if(data.providers !== undefined){
let data33 = data.providers;
if(data33 && typeof data33 == "object" && !Array.isArray(data33)){
for(const key3 in data33){
if(!(pattern4.test(key3))){
if(!(validate24(data33[key3], {instancePath:instancePath+"/providers/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data33,parentDataProperty:key3,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate24.errors : appended(vErrors, validate24.errors);
errors = vErrors.length;
}
}
}
}
else {
const err62 = {instancePath:instancePath+"/providers",schemaPath:"#/properties/providers/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.providers.type,parentSchema:schema31.properties.providers,data:data33};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
}
if(data.run !== undefined){
let data35 = data.run;
if(data35 && typeof data35 == "object" && !Array.isArray(data35)){
for(const key4 in data35){
if(!(((((key4 === "max_concurrent") || (key4 === "fail_fast")) || (key4 === "timeout")) || (key4 === "mode")) || (pattern4.test(key4)))){
const err63 = {instancePath:instancePath+"/run",schemaPath:"#/properties/run/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.run,data:data35};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
}
if(data35.max_concurrent !== undefined){
let data36 = data35.max_concurrent;
if(!(((typeof data36 == "number") && (!(data36 % 1) && !isNaN(data36))) && (isFinite(data36)))){
const err64 = {instancePath:instancePath+"/run/max_concurrent",schemaPath:"#/properties/run/properties/max_concurrent/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.run.properties.max_concurrent.type,parentSchema:schema31.properties.run.properties.max_concurrent,data:data36};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
if((typeof data36 == "number") && (isFinite(data36))){
if(data36 > 10000 || isNaN(data36)){
const err65 = {instancePath:instancePath+"/run/max_concurrent",schemaPath:"#/properties/run/properties/max_concurrent/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10000},message:"must be <= 10000",schema:10000,parentSchema:schema31.properties.run.properties.max_concurrent,data:data36};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
if(data36 < 1 || isNaN(data36)){
const err66 = {instancePath:instancePath+"/run/max_concurrent",schemaPath:"#/properties/run/properties/max_concurrent/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.run.properties.max_concurrent,data:data36};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
}
}
if(data35.fail_fast !== undefined){
let data37 = data35.fail_fast;
if(typeof data37 !== "boolean"){
const err67 = {instancePath:instancePath+"/run/fail_fast",schemaPath:"#/properties/run/properties/fail_fast/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema31.properties.run.properties.fail_fast.type,parentSchema:schema31.properties.run.properties.fail_fast,data:data37};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
}
if(data35.timeout !== undefined){
let data38 = data35.timeout;
if(typeof data38 === "string"){
if(!pattern17.test(data38)){
const err68 = {instancePath:instancePath+"/run/timeout",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$"},message:"must match pattern \""+"^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$"+"\"",schema:"^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$",parentSchema:schema39,data:data38};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
}
else {
const err69 = {instancePath:instancePath+"/run/timeout",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema39.type,parentSchema:schema39,data:data38};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
}
if(data35.mode !== undefined){
let data39 = data35.mode;
if(typeof data39 !== "string"){
const err70 = {instancePath:instancePath+"/run/mode",schemaPath:"#/properties/run/properties/mode/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.run.properties.mode.type,parentSchema:schema31.properties.run.properties.mode,data:data39};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
if(!((data39 === "realtime") || (data39 === "batch"))){
const err71 = {instancePath:instancePath+"/run/mode",schemaPath:"#/properties/run/properties/mode/enum",keyword:"enum",params:{allowedValues: schema31.properties.run.properties.mode.enum},message:"must be equal to one of the allowed values",schema:schema31.properties.run.properties.mode.enum,parentSchema:schema31.properties.run.properties.mode,data:data39};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
}
}
else {
const err72 = {instancePath:instancePath+"/run",schemaPath:"#/properties/run/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.run.type,parentSchema:schema31.properties.run,data:data35};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
}
if(data.budget !== undefined){
let data40 = data.budget;
if(data40 && typeof data40 == "object" && !Array.isArray(data40)){
for(const key5 in data40){
if(!(((key5 === "max_cost_usd") || (key5 === "max_task_cost_usd")) || (pattern4.test(key5)))){
const err73 = {instancePath:instancePath+"/budget",schemaPath:"#/properties/budget/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.budget,data:data40};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
}
if(data40.max_cost_usd !== undefined){
let data41 = data40.max_cost_usd;
if((typeof data41 == "number") && (isFinite(data41))){
if(data41 > 1000000 || isNaN(data41)){
const err74 = {instancePath:instancePath+"/budget/max_cost_usd",schemaPath:"#/properties/budget/properties/max_cost_usd/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema31.properties.budget.properties.max_cost_usd,data:data41};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
if(data41 < 0 || isNaN(data41)){
const err75 = {instancePath:instancePath+"/budget/max_cost_usd",schemaPath:"#/properties/budget/properties/max_cost_usd/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema31.properties.budget.properties.max_cost_usd,data:data41};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
}
else {
const err76 = {instancePath:instancePath+"/budget/max_cost_usd",schemaPath:"#/properties/budget/properties/max_cost_usd/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema31.properties.budget.properties.max_cost_usd.type,parentSchema:schema31.properties.budget.properties.max_cost_usd,data:data41};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
}
if(data40.max_task_cost_usd !== undefined){
let data42 = data40.max_task_cost_usd;
if((typeof data42 == "number") && (isFinite(data42))){
if(data42 > 1000000 || isNaN(data42)){
const err77 = {instancePath:instancePath+"/budget/max_task_cost_usd",schemaPath:"#/properties/budget/properties/max_task_cost_usd/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema31.properties.budget.properties.max_task_cost_usd,data:data42};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
if(data42 < 0 || isNaN(data42)){
const err78 = {instancePath:instancePath+"/budget/max_task_cost_usd",schemaPath:"#/properties/budget/properties/max_task_cost_usd/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema31.properties.budget.properties.max_task_cost_usd,data:data42};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
}
else {
const err79 = {instancePath:instancePath+"/budget/max_task_cost_usd",schemaPath:"#/properties/budget/properties/max_task_cost_usd/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema31.properties.budget.properties.max_task_cost_usd.type,parentSchema:schema31.properties.budget.properties.max_task_cost_usd,data:data42};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
}
}
else {
const err80 = {instancePath:instancePath+"/budget",schemaPath:"#/properties/budget/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.budget.type,parentSchema:schema31.properties.budget,data:data40};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
}
if(data.prices !== undefined){
let data43 = data.prices;
if(data43 && typeof data43 == "object" && !Array.isArray(data43)){
for(const key6 in data43){
if(!(pattern51.test(key6))){
let data44 = data43[key6];
if(data44 && typeof data44 == "object" && !Array.isArray(data44)){
if(data44.input === undefined){
const err81 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/$defs/price/required",keyword:"required",params:{missingProperty: "input"},message:"must have required property '"+"input"+"'",schema:schema59.required,parentSchema:schema59,data:data44};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
if(data44.output === undefined){
const err82 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/$defs/price/required",keyword:"required",params:{missingProperty: "output"},message:"must have required property '"+"output"+"'",schema:schema59.required,parentSchema:schema59,data:data44};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
for(const key7 in data44){
if(!((func1.call(schema59.properties, key7)) || (pattern4.test(key7)))){
const err83 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/$defs/price/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key7},message:"must NOT have additional properties",schema:false,parentSchema:schema59,data:data44};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
}
if(data44.input !== undefined){
let data45 = data44.input;
if((typeof data45 == "number") && (isFinite(data45))){
if(data45 > 1000000 || isNaN(data45)){
const err84 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/input",schemaPath:"#/$defs/price/properties/input/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema59.properties.input,data:data45};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
if(data45 < 0 || isNaN(data45)){
const err85 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/input",schemaPath:"#/$defs/price/properties/input/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema59.properties.input,data:data45};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
}
else {
const err86 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/input",schemaPath:"#/$defs/price/properties/input/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema59.properties.input.type,parentSchema:schema59.properties.input,data:data45};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
}
if(data44.output !== undefined){
let data46 = data44.output;
if((typeof data46 == "number") && (isFinite(data46))){
if(data46 > 1000000 || isNaN(data46)){
const err87 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/output",schemaPath:"#/$defs/price/properties/output/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema59.properties.output,data:data46};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
if(data46 < 0 || isNaN(data46)){
const err88 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/output",schemaPath:"#/$defs/price/properties/output/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema59.properties.output,data:data46};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
}
else {
const err89 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/output",schemaPath:"#/$defs/price/properties/output/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema59.properties.output.type,parentSchema:schema59.properties.output,data:data46};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
}
if(data44.cache_read !== undefined){
let data47 = data44.cache_read;
if((typeof data47 == "number") && (isFinite(data47))){
if(data47 > 1000000 || isNaN(data47)){
const err90 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_read",schemaPath:"#/$defs/price/properties/cache_read/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema59.properties.cache_read,data:data47};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
if(data47 < 0 || isNaN(data47)){
const err91 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_read",schemaPath:"#/$defs/price/properties/cache_read/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema59.properties.cache_read,data:data47};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
}
else {
const err92 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_read",schemaPath:"#/$defs/price/properties/cache_read/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema59.properties.cache_read.type,parentSchema:schema59.properties.cache_read,data:data47};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
}
if(data44.cache_write !== undefined){
let data48 = data44.cache_write;
if((typeof data48 == "number") && (isFinite(data48))){
if(data48 > 1000000 || isNaN(data48)){
const err93 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_write",schemaPath:"#/$defs/price/properties/cache_write/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema59.properties.cache_write,data:data48};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
if(data48 < 0 || isNaN(data48)){
const err94 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_write",schemaPath:"#/$defs/price/properties/cache_write/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema59.properties.cache_write,data:data48};
if(vErrors === null){
vErrors = [err94];
}
else {
vErrors.push(err94);
}
errors++;
}
}
else {
const err95 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_write",schemaPath:"#/$defs/price/properties/cache_write/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema59.properties.cache_write.type,parentSchema:schema59.properties.cache_write,data:data48};
if(vErrors === null){
vErrors = [err95];
}
else {
vErrors.push(err95);
}
errors++;
}
}
if(data44.cache_write_1h !== undefined){
let data49 = data44.cache_write_1h;
if((typeof data49 == "number") && (isFinite(data49))){
if(data49 > 1000000 || isNaN(data49)){
const err96 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_write_1h",schemaPath:"#/$defs/price/properties/cache_write_1h/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema59.properties.cache_write_1h,data:data49};
if(vErrors === null){
vErrors = [err96];
}
else {
vErrors.push(err96);
}
errors++;
}
if(data49 < 0 || isNaN(data49)){
const err97 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_write_1h",schemaPath:"#/$defs/price/properties/cache_write_1h/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema59.properties.cache_write_1h,data:data49};
if(vErrors === null){
vErrors = [err97];
}
else {
vErrors.push(err97);
}
errors++;
}
}
else {
const err98 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_write_1h",schemaPath:"#/$defs/price/properties/cache_write_1h/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema59.properties.cache_write_1h.type,parentSchema:schema59.properties.cache_write_1h,data:data49};
if(vErrors === null){
vErrors = [err98];
}
else {
vErrors.push(err98);
}
errors++;
}
}
if(data44.batch !== undefined){
let data50 = data44.batch;
if((typeof data50 == "number") && (isFinite(data50))){
if(data50 > 100 || isNaN(data50)){
const err99 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/batch",schemaPath:"#/$defs/price/properties/batch/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100},message:"must be <= 100",schema:100,parentSchema:schema59.properties.batch,data:data50};
if(vErrors === null){
vErrors = [err99];
}
else {
vErrors.push(err99);
}
errors++;
}
if(data50 < 0 || isNaN(data50)){
const err100 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/batch",schemaPath:"#/$defs/price/properties/batch/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema59.properties.batch,data:data50};
if(vErrors === null){
vErrors = [err100];
}
else {
vErrors.push(err100);
}
errors++;
}
}
else {
const err101 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/batch",schemaPath:"#/$defs/price/properties/batch/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema59.properties.batch.type,parentSchema:schema59.properties.batch,data:data50};
if(vErrors === null){
vErrors = [err101];
}
else {
vErrors.push(err101);
}
errors++;
}
}
if(data44.flex !== undefined){
let data51 = data44.flex;
if((typeof data51 == "number") && (isFinite(data51))){
if(data51 > 100 || isNaN(data51)){
const err102 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/flex",schemaPath:"#/$defs/price/properties/flex/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100},message:"must be <= 100",schema:100,parentSchema:schema59.properties.flex,data:data51};
if(vErrors === null){
vErrors = [err102];
}
else {
vErrors.push(err102);
}
errors++;
}
if(data51 < 0 || isNaN(data51)){
const err103 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/flex",schemaPath:"#/$defs/price/properties/flex/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema59.properties.flex,data:data51};
if(vErrors === null){
vErrors = [err103];
}
else {
vErrors.push(err103);
}
errors++;
}
}
else {
const err104 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/flex",schemaPath:"#/$defs/price/properties/flex/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema59.properties.flex.type,parentSchema:schema59.properties.flex,data:data51};
if(vErrors === null){
vErrors = [err104];
}
else {
vErrors.push(err104);
}
errors++;
}
}
if(data44.fast !== undefined){
let data52 = data44.fast;
if((typeof data52 == "number") && (isFinite(data52))){
if(data52 > 100 || isNaN(data52)){
const err105 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/fast",schemaPath:"#/$defs/price/properties/fast/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100},message:"must be <= 100",schema:100,parentSchema:schema59.properties.fast,data:data52};
if(vErrors === null){
vErrors = [err105];
}
else {
vErrors.push(err105);
}
errors++;
}
if(data52 < 0 || isNaN(data52)){
const err106 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/fast",schemaPath:"#/$defs/price/properties/fast/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema59.properties.fast,data:data52};
if(vErrors === null){
vErrors = [err106];
}
else {
vErrors.push(err106);
}
errors++;
}
}
else {
const err107 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/fast",schemaPath:"#/$defs/price/properties/fast/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema59.properties.fast.type,parentSchema:schema59.properties.fast,data:data52};
if(vErrors === null){
vErrors = [err107];
}
else {
vErrors.push(err107);
}
errors++;
}
}
if(data44.above !== undefined){
let data53 = data44.above;
if(data53 && typeof data53 == "object" && !Array.isArray(data53)){
for(const key8 in data53){
let data54 = data53[key8];
if(data54 && typeof data54 == "object" && !Array.isArray(data54)){
if(Object.keys(data54).length < 1){
const err108 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/$defs/price/properties/above/additionalProperties/minProperties",keyword:"minProperties",params:{limit: 1},message:"must NOT have fewer than 1 properties",schema:1,parentSchema:schema59.properties.above.additionalProperties,data:data54};
if(vErrors === null){
vErrors = [err108];
}
else {
vErrors.push(err108);
}
errors++;
}
for(const key9 in data54){
if(!((((((key9 === "input") || (key9 === "output")) || (key9 === "cache_read")) || (key9 === "cache_write")) || (key9 === "cache_write_1h")) || (pattern4.test(key9)))){
const err109 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/$defs/price/properties/above/additionalProperties/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key9},message:"must NOT have additional properties",schema:false,parentSchema:schema59.properties.above.additionalProperties,data:data54};
if(vErrors === null){
vErrors = [err109];
}
else {
vErrors.push(err109);
}
errors++;
}
}
if(data54.input !== undefined){
let data55 = data54.input;
if((typeof data55 == "number") && (isFinite(data55))){
if(data55 > 1000000 || isNaN(data55)){
const err110 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/input",schemaPath:"#/$defs/price/properties/above/additionalProperties/properties/input/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema59.properties.above.additionalProperties.properties.input,data:data55};
if(vErrors === null){
vErrors = [err110];
}
else {
vErrors.push(err110);
}
errors++;
}
if(data55 < 0 || isNaN(data55)){
const err111 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/input",schemaPath:"#/$defs/price/properties/above/additionalProperties/properties/input/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema59.properties.above.additionalProperties.properties.input,data:data55};
if(vErrors === null){
vErrors = [err111];
}
else {
vErrors.push(err111);
}
errors++;
}
}
else {
const err112 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/input",schemaPath:"#/$defs/price/properties/above/additionalProperties/properties/input/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema59.properties.above.additionalProperties.properties.input.type,parentSchema:schema59.properties.above.additionalProperties.properties.input,data:data55};
if(vErrors === null){
vErrors = [err112];
}
else {
vErrors.push(err112);
}
errors++;
}
}
if(data54.output !== undefined){
let data56 = data54.output;
if((typeof data56 == "number") && (isFinite(data56))){
if(data56 > 1000000 || isNaN(data56)){
const err113 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/output",schemaPath:"#/$defs/price/properties/above/additionalProperties/properties/output/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema59.properties.above.additionalProperties.properties.output,data:data56};
if(vErrors === null){
vErrors = [err113];
}
else {
vErrors.push(err113);
}
errors++;
}
if(data56 < 0 || isNaN(data56)){
const err114 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/output",schemaPath:"#/$defs/price/properties/above/additionalProperties/properties/output/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema59.properties.above.additionalProperties.properties.output,data:data56};
if(vErrors === null){
vErrors = [err114];
}
else {
vErrors.push(err114);
}
errors++;
}
}
else {
const err115 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/output",schemaPath:"#/$defs/price/properties/above/additionalProperties/properties/output/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema59.properties.above.additionalProperties.properties.output.type,parentSchema:schema59.properties.above.additionalProperties.properties.output,data:data56};
if(vErrors === null){
vErrors = [err115];
}
else {
vErrors.push(err115);
}
errors++;
}
}
if(data54.cache_read !== undefined){
let data57 = data54.cache_read;
if((typeof data57 == "number") && (isFinite(data57))){
if(data57 > 1000000 || isNaN(data57)){
const err116 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_read",schemaPath:"#/$defs/price/properties/above/additionalProperties/properties/cache_read/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema59.properties.above.additionalProperties.properties.cache_read,data:data57};
if(vErrors === null){
vErrors = [err116];
}
else {
vErrors.push(err116);
}
errors++;
}
if(data57 < 0 || isNaN(data57)){
const err117 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_read",schemaPath:"#/$defs/price/properties/above/additionalProperties/properties/cache_read/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema59.properties.above.additionalProperties.properties.cache_read,data:data57};
if(vErrors === null){
vErrors = [err117];
}
else {
vErrors.push(err117);
}
errors++;
}
}
else {
const err118 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_read",schemaPath:"#/$defs/price/properties/above/additionalProperties/properties/cache_read/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema59.properties.above.additionalProperties.properties.cache_read.type,parentSchema:schema59.properties.above.additionalProperties.properties.cache_read,data:data57};
if(vErrors === null){
vErrors = [err118];
}
else {
vErrors.push(err118);
}
errors++;
}
}
if(data54.cache_write !== undefined){
let data58 = data54.cache_write;
if((typeof data58 == "number") && (isFinite(data58))){
if(data58 > 1000000 || isNaN(data58)){
const err119 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_write",schemaPath:"#/$defs/price/properties/above/additionalProperties/properties/cache_write/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema59.properties.above.additionalProperties.properties.cache_write,data:data58};
if(vErrors === null){
vErrors = [err119];
}
else {
vErrors.push(err119);
}
errors++;
}
if(data58 < 0 || isNaN(data58)){
const err120 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_write",schemaPath:"#/$defs/price/properties/above/additionalProperties/properties/cache_write/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema59.properties.above.additionalProperties.properties.cache_write,data:data58};
if(vErrors === null){
vErrors = [err120];
}
else {
vErrors.push(err120);
}
errors++;
}
}
else {
const err121 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_write",schemaPath:"#/$defs/price/properties/above/additionalProperties/properties/cache_write/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema59.properties.above.additionalProperties.properties.cache_write.type,parentSchema:schema59.properties.above.additionalProperties.properties.cache_write,data:data58};
if(vErrors === null){
vErrors = [err121];
}
else {
vErrors.push(err121);
}
errors++;
}
}
if(data54.cache_write_1h !== undefined){
let data59 = data54.cache_write_1h;
if((typeof data59 == "number") && (isFinite(data59))){
if(data59 > 1000000 || isNaN(data59)){
const err122 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_write_1h",schemaPath:"#/$defs/price/properties/above/additionalProperties/properties/cache_write_1h/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema59.properties.above.additionalProperties.properties.cache_write_1h,data:data59};
if(vErrors === null){
vErrors = [err122];
}
else {
vErrors.push(err122);
}
errors++;
}
if(data59 < 0 || isNaN(data59)){
const err123 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_write_1h",schemaPath:"#/$defs/price/properties/above/additionalProperties/properties/cache_write_1h/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema59.properties.above.additionalProperties.properties.cache_write_1h,data:data59};
if(vErrors === null){
vErrors = [err123];
}
else {
vErrors.push(err123);
}
errors++;
}
}
else {
const err124 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache_write_1h",schemaPath:"#/$defs/price/properties/above/additionalProperties/properties/cache_write_1h/type",keyword:"type",params:{type: "number"},message:"must be number",schema:schema59.properties.above.additionalProperties.properties.cache_write_1h.type,parentSchema:schema59.properties.above.additionalProperties.properties.cache_write_1h,data:data59};
if(vErrors === null){
vErrors = [err124];
}
else {
vErrors.push(err124);
}
errors++;
}
}
}
else {
const err125 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above/" + key8.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/$defs/price/properties/above/additionalProperties/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema59.properties.above.additionalProperties.type,parentSchema:schema59.properties.above.additionalProperties,data:data54};
if(vErrors === null){
vErrors = [err125];
}
else {
vErrors.push(err125);
}
errors++;
}
}
}
else {
const err126 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1")+"/above",schemaPath:"#/$defs/price/properties/above/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema59.properties.above.type,parentSchema:schema59.properties.above,data:data53};
if(vErrors === null){
vErrors = [err126];
}
else {
vErrors.push(err126);
}
errors++;
}
}
}
else {
const err127 = {instancePath:instancePath+"/prices/" + key6.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/$defs/price/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema59.type,parentSchema:schema59,data:data44};
if(vErrors === null){
vErrors = [err127];
}
else {
vErrors.push(err127);
}
errors++;
}
}
}
}
else {
const err128 = {instancePath:instancePath+"/prices",schemaPath:"#/properties/prices/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.prices.type,parentSchema:schema31.properties.prices,data:data43};
if(vErrors === null){
vErrors = [err128];
}
else {
vErrors.push(err128);
}
errors++;
}
}
if(data.tasks !== undefined){
let data60 = data.tasks;
if(Array.isArray(data60)){
const len6 = data60.length;
for(let i6=0; i6<len6; i6++){
if(!(validate31(data60[i6], {instancePath:instancePath+"/tasks/" + i6,parentData:data60,parentDataProperty:i6,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate31.errors : appended(vErrors, validate31.errors);
errors = vErrors.length;
}
}
}
else {
const err129 = {instancePath:instancePath+"/tasks",schemaPath:"#/properties/tasks/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema31.properties.tasks.type,parentSchema:schema31.properties.tasks,data:data60};
if(vErrors === null){
vErrors = [err129];
}
else {
vErrors.push(err129);
}
errors++;
}
}
if(data.results !== undefined){
let data62 = data.results;
if(data62 && typeof data62 == "object" && !Array.isArray(data62)){
for(const key10 in data62){
if(!((key10 === "include") || (pattern4.test(key10)))){
const err130 = {instancePath:instancePath+"/results",schemaPath:"#/properties/results/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key10},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.results,data:data62};
if(vErrors === null){
vErrors = [err130];
}
else {
vErrors.push(err130);
}
errors++;
}
}
if(data62.include !== undefined){
let data63 = data62.include;
if(Array.isArray(data63)){
const len7 = data63.length;
for(let i7=0; i7<len7; i7++){
let data64 = data63[i7];
if(typeof data64 !== "string"){
const err131 = {instancePath:instancePath+"/results/include/" + i7,schemaPath:"#/properties/results/properties/include/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.results.properties.include.items.type,parentSchema:schema31.properties.results.properties.include.items,data:data64};
if(vErrors === null){
vErrors = [err131];
}
else {
vErrors.push(err131);
}
errors++;
}
if(!((data64 === "item") || (data64 === "prompt"))){
const err132 = {instancePath:instancePath+"/results/include/" + i7,schemaPath:"#/properties/results/properties/include/items/enum",keyword:"enum",params:{allowedValues: schema31.properties.results.properties.include.items.enum},message:"must be equal to one of the allowed values",schema:schema31.properties.results.properties.include.items.enum,parentSchema:schema31.properties.results.properties.include.items,data:data64};
if(vErrors === null){
vErrors = [err132];
}
else {
vErrors.push(err132);
}
errors++;
}
}
}
else {
const err133 = {instancePath:instancePath+"/results/include",schemaPath:"#/properties/results/properties/include/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema31.properties.results.properties.include.type,parentSchema:schema31.properties.results.properties.include,data:data63};
if(vErrors === null){
vErrors = [err133];
}
else {
vErrors.push(err133);
}
errors++;
}
}
}
else {
const err134 = {instancePath:instancePath+"/results",schemaPath:"#/properties/results/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.results.type,parentSchema:schema31.properties.results,data:data62};
if(vErrors === null){
vErrors = [err134];
}
else {
vErrors.push(err134);
}
errors++;
}
}
if(data.batch !== undefined){
let data65 = data.batch;
if(data65 && typeof data65 == "object" && !Array.isArray(data65)){
for(const key11 in data65){
if(!((((key11 === "leftovers") || (key11 === "min_rows")) || (key11 === "keep_files")) || (pattern4.test(key11)))){
const err135 = {instancePath:instancePath+"/batch",schemaPath:"#/properties/batch/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key11},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.batch,data:data65};
if(vErrors === null){
vErrors = [err135];
}
else {
vErrors.push(err135);
}
errors++;
}
}
if(data65.leftovers !== undefined){
let data66 = data65.leftovers;
if(typeof data66 !== "string"){
const err136 = {instancePath:instancePath+"/batch/leftovers",schemaPath:"#/properties/batch/properties/leftovers/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.batch.properties.leftovers.type,parentSchema:schema31.properties.batch.properties.leftovers,data:data66};
if(vErrors === null){
vErrors = [err136];
}
else {
vErrors.push(err136);
}
errors++;
}
if(!((data66 === "realtime") || (data66 === "batch"))){
const err137 = {instancePath:instancePath+"/batch/leftovers",schemaPath:"#/properties/batch/properties/leftovers/enum",keyword:"enum",params:{allowedValues: schema31.properties.batch.properties.leftovers.enum},message:"must be equal to one of the allowed values",schema:schema31.properties.batch.properties.leftovers.enum,parentSchema:schema31.properties.batch.properties.leftovers,data:data66};
if(vErrors === null){
vErrors = [err137];
}
else {
vErrors.push(err137);
}
errors++;
}
}
if(data65.min_rows !== undefined){
let data67 = data65.min_rows;
if(!(((typeof data67 == "number") && (!(data67 % 1) && !isNaN(data67))) && (isFinite(data67)))){
const err138 = {instancePath:instancePath+"/batch/min_rows",schemaPath:"#/properties/batch/properties/min_rows/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema31.properties.batch.properties.min_rows.type,parentSchema:schema31.properties.batch.properties.min_rows,data:data67};
if(vErrors === null){
vErrors = [err138];
}
else {
vErrors.push(err138);
}
errors++;
}
if((typeof data67 == "number") && (isFinite(data67))){
if(data67 > 10000 || isNaN(data67)){
const err139 = {instancePath:instancePath+"/batch/min_rows",schemaPath:"#/properties/batch/properties/min_rows/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10000},message:"must be <= 10000",schema:10000,parentSchema:schema31.properties.batch.properties.min_rows,data:data67};
if(vErrors === null){
vErrors = [err139];
}
else {
vErrors.push(err139);
}
errors++;
}
if(data67 < 1 || isNaN(data67)){
const err140 = {instancePath:instancePath+"/batch/min_rows",schemaPath:"#/properties/batch/properties/min_rows/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema31.properties.batch.properties.min_rows,data:data67};
if(vErrors === null){
vErrors = [err140];
}
else {
vErrors.push(err140);
}
errors++;
}
}
}
if(data65.keep_files !== undefined){
let data68 = data65.keep_files;
if(typeof data68 !== "boolean"){
const err141 = {instancePath:instancePath+"/batch/keep_files",schemaPath:"#/properties/batch/properties/keep_files/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema31.properties.batch.properties.keep_files.type,parentSchema:schema31.properties.batch.properties.keep_files,data:data68};
if(vErrors === null){
vErrors = [err141];
}
else {
vErrors.push(err141);
}
errors++;
}
}
}
else {
const err142 = {instancePath:instancePath+"/batch",schemaPath:"#/properties/batch/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.batch.type,parentSchema:schema31.properties.batch,data:data65};
if(vErrors === null){
vErrors = [err142];
}
else {
vErrors.push(err142);
}
errors++;
}
}
if(data.response_cache !== undefined){
let data69 = data.response_cache;
if(data69 && typeof data69 == "object" && !Array.isArray(data69)){
for(const key12 in data69){
if(!(((key12 === "dir") || (key12 === "ttl")) || (pattern4.test(key12)))){
const err143 = {instancePath:instancePath+"/response_cache",schemaPath:"#/properties/response_cache/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key12},message:"must NOT have additional properties",schema:false,parentSchema:schema31.properties.response_cache,data:data69};
if(vErrors === null){
vErrors = [err143];
}
else {
vErrors.push(err143);
}
errors++;
}
}
if(data69.dir !== undefined){
let data70 = data69.dir;
if(typeof data70 === "string"){
if(!pattern6.test(data70)){
const err144 = {instancePath:instancePath+"/response_cache/dir",schemaPath:"#/properties/response_cache/properties/dir/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema31.properties.response_cache.properties.dir,data:data70};
if(vErrors === null){
vErrors = [err144];
}
else {
vErrors.push(err144);
}
errors++;
}
}
else {
const err145 = {instancePath:instancePath+"/response_cache/dir",schemaPath:"#/properties/response_cache/properties/dir/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.response_cache.properties.dir.type,parentSchema:schema31.properties.response_cache.properties.dir,data:data70};
if(vErrors === null){
vErrors = [err145];
}
else {
vErrors.push(err145);
}
errors++;
}
}
if(data69.ttl !== undefined){
let data71 = data69.ttl;
if(typeof data71 === "string"){
if(!pattern17.test(data71)){
const err146 = {instancePath:instancePath+"/response_cache/ttl",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$"},message:"must match pattern \""+"^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$"+"\"",schema:"^(?=.)(\\d+(\\.\\d+)?d)?(\\d+(\\.\\d+)?h)?(\\d+(\\.\\d+)?m)?(\\d+(\\.\\d+)?s)?(\\d+(\\.\\d+)?ms)?$",parentSchema:schema39,data:data71};
if(vErrors === null){
vErrors = [err146];
}
else {
vErrors.push(err146);
}
errors++;
}
}
else {
const err147 = {instancePath:instancePath+"/response_cache/ttl",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema39.type,parentSchema:schema39,data:data71};
if(vErrors === null){
vErrors = [err147];
}
else {
vErrors.push(err147);
}
errors++;
}
}
}
else {
const err148 = {instancePath:instancePath+"/response_cache",schemaPath:"#/properties/response_cache/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.properties.response_cache.type,parentSchema:schema31.properties.response_cache,data:data69};
if(vErrors === null){
vErrors = [err148];
}
else {
vErrors.push(err148);
}
errors++;
}
}
if(data.output !== undefined){
let data72 = data.output;
if(typeof data72 === "string"){
if(!pattern6.test(data72)){
const err149 = {instancePath:instancePath+"/output",schemaPath:"#/properties/output/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",schema:"\\S",parentSchema:schema31.properties.output,data:data72};
if(vErrors === null){
vErrors = [err149];
}
else {
vErrors.push(err149);
}
errors++;
}
}
else {
const err150 = {instancePath:instancePath+"/output",schemaPath:"#/properties/output/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.output.type,parentSchema:schema31.properties.output,data:data72};
if(vErrors === null){
vErrors = [err150];
}
else {
vErrors.push(err150);
}
errors++;
}
}
}
else {
const err151 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema31.type,parentSchema:schema31,data};
if(vErrors === null){
vErrors = [err151];
}
else {
vErrors.push(err151);
}
errors++;
}
validate20.errors = vErrors;
return errors === 0;
}
validate20.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

function appended(errors, more) {
  for (const error of more) if (errors.length < 10000) errors.push(error);
  return errors;
}
