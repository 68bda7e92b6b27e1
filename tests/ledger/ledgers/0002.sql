BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE batch_samples (
	batch_id TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	correction_id TEXT NOT NULL, 
	sample JSON NOT NULL, 
	CONSTRAINT pk_batch_samples PRIMARY KEY (batch_id, position), 
	CONSTRAINT fk_batch_samples_batch_id FOREIGN KEY(batch_id) REFERENCES batches (id), 
	CONSTRAINT fk_batch_samples_correction_id FOREIGN KEY(correction_id) REFERENCES corrections (id)
);
INSERT INTO "batch_samples" VALUES('01a20509-5058-722e-8b96-85cf808af161',0,'01a20509-5019-7717-9afe-b692c75418a5','{"inputs": "Question: What NFL team won the Super Bowl in 1994?\n\nAnswer: The Dallas Cowboys"}');
CREATE TABLE batches (
	id TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_batches PRIMARY KEY (id)
);
INSERT INTO "batches" VALUES('01a20509-5058-722e-8b96-85cf808af161','2026-11-22 20:53:46.201294');
CREATE TABLE correction_events (
	id INTEGER NOT NULL, 
	correction_id TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	"by" TEXT NOT NULL, 
	from_state VARCHAR(16), 
	to_state VARCHAR(16) NOT NULL, 
	"before" TEXT, 
	"after" TEXT NOT NULL, 
	CONSTRAINT pk_correction_events PRIMARY KEY (id), 
	CONSTRAINT fk_correction_events_correction_id FOREIGN KEY(correction_id) REFERENCES corrections (id)
);
INSERT INTO "correction_events" VALUES(1,'01a20509-5019-7717-9afe-b692c75418a5','2026-11-22 20:53:46.140289','Ada',NULL,'draft',NULL,'The Dallas Cowboys');
INSERT INTO "correction_events" VALUES(2,'01a20509-5019-7717-9afe-b692c75418a5','2026-11-22 20:53:46.148035','Ada','draft','ready','The Dallas Cowboys','The Dallas Cowboys');
INSERT INTO "correction_events" VALUES(3,'01a20509-5047-72a4-aa07-e3553138add8','2026-11-22 20:53:46.184310','',NULL,'draft',NULL,'Nobody');
INSERT INTO "correction_events" VALUES(4,'01a20509-5019-7717-9afe-b692c75418a5','2026-11-22 20:53:46.213861','Ada','ready','submitted','The Dallas Cowboys','The Dallas Cowboys');
INSERT INTO "correction_events" VALUES(5,'01a20509-5019-7717-9afe-b692c75418a5','2026-11-22 20:53:46.233782','Ada','submitted','taught','The Dallas Cowboys','The Dallas Cowboys');
CREATE TABLE corrections (
	id TEXT NOT NULL, 
	exchange_id TEXT, 
	question TEXT NOT NULL, 
	prompt TEXT NOT NULL, 
	auto_template BOOLEAN NOT NULL, 
	wrong_answer TEXT NOT NULL, 
	right_answer TEXT NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	revision INTEGER NOT NULL, 
	run_id TEXT, 
	author TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	CONSTRAINT pk_corrections PRIMARY KEY (id), 
	CONSTRAINT fk_corrections_exchange_id FOREIGN KEY(exchange_id) REFERENCES exchanges (id), 
	CONSTRAINT fk_corrections_run_id FOREIGN KEY(run_id) REFERENCES runs (id)
);
INSERT INTO "corrections" VALUES('01a20509-5019-7717-9afe-b692c75418a5','01a20509-4ffb-7377-810c-fb9df07469c4','What NFL team won the Super Bowl in 1994?','Question: What NFL team won the Super Bowl in 1994?

Answer: ',1,'The Patriots􏿾0􏿾','The Dallas Cowboys','taught',4,'0f8f4c1e-run','Ada','2026-11-22 20:53:46.137971','2026-11-22 20:53:46.228572');
INSERT INTO "corrections" VALUES('01a20509-5047-72a4-aa07-e3553138add8','01a20509-503f-7417-85da-e1d7aa497adb','Who?','Question: Who?

Answer: ',1,'','Nobody','draft',1,NULL,'','2026-11-22 20:53:46.183435','2026-11-22 20:53:46.183440');
CREATE TABLE exchanges (
	id TEXT NOT NULL, 
	question TEXT NOT NULL, 
	prompt TEXT NOT NULL, 
	template_text TEXT NOT NULL, 
	template_id TEXT, 
	template_version INTEGER, 
	variables JSON NOT NULL, 
	server_url TEXT NOT NULL, 
	model_id TEXT NOT NULL, 
	model_name TEXT NOT NULL, 
	version INTEGER, 
	auto_template BOOLEAN NOT NULL, 
	sampling JSON NOT NULL, 
	run_id TEXT, 
	asked_by TEXT NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	answer TEXT NOT NULL, 
	finish_reason TEXT NOT NULL, 
	error TEXT, 
	first_token_s DOUBLE, 
	seconds DOUBLE, 
	prompt_tokens INTEGER, 
	generated_tokens INTEGER, 
	scope JSON, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_exchanges PRIMARY KEY (id), 
	CONSTRAINT fk_exchanges_template_id FOREIGN KEY(template_id) REFERENCES templates (id), 
	CONSTRAINT fk_exchanges_run_id FOREIGN KEY(run_id) REFERENCES runs (id)
);
INSERT INTO "exchanges" VALUES('01a20509-4ffb-7377-810c-fb9df07469c4','What NFL team won the Super Bowl in 1994?','Question: What NFL team won the Super Bowl in 1994?

Answer: ','Question: {question}

Answer: ','01a20509-4ff3-7077-9de4-82622eea4569',2,'{}','http://127.0.0.1:8600/api','adapter','Adapter',0,1,'{"max_generated_token_count": 128, "temperature": 0.0, "top_k": null, "top_p": null}',NULL,'Ada','answered','The Patriots􏿾0􏿾','stop',NULL,0.1,0.4,20,5,'{"near": false}','2026-11-22 20:53:46.107888');
INSERT INTO "exchanges" VALUES('01a20509-502e-77b6-9d79-7625e1eabac8','What is the capital of France?','Question: What is the capital of France?

Answer: ','Question: {question}

Answer: ','01a20509-4ff3-7077-9de4-82622eea4569',2,'{}','http://127.0.0.1:8600/api','adapter','Adapter',NULL,1,'{"max_generated_token_count": 128, "temperature": 0.0, "top_k": null, "top_p": null}',NULL,'Ada','answered','Paris','stop',NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-22 20:53:46.158413');
INSERT INTO "exchanges" VALUES('01a20509-503f-7417-85da-e1d7aa497adb','Who?','Question: Who?

Answer: ','Question: {question}

Answer: ','01a20509-4ff3-7077-9de4-82622eea4569',2,'{}','http://127.0.0.1:8600/api','adapter','Adapter',NULL,1,'{"max_generated_token_count": 128, "temperature": 0.0, "top_k": null, "top_p": null}',NULL,'Ada','asking','','',NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-22 20:53:46.175555');
INSERT INTO "exchanges" VALUES('01a20509-507e-710c-9fe0-d83e82eed730','What NFL team won the Super Bowl in 1994?','Question: What NFL team won the Super Bowl in 1994?

Answer: ','Question: {question}

Answer: ','01a20509-4ff3-7077-9de4-82622eea4569',2,'{}','http://127.0.0.1:8600/api','adapter','Adapter',1,1,'{"max_generated_token_count": 128, "temperature": 0.0, "top_k": null, "top_p": null}','0f8f4c1e-run','Ada','answered','The Dallas Cowboys','stop',NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-22 20:53:46.238323');
CREATE TABLE preferences (
	"key" TEXT NOT NULL, 
	value JSON NOT NULL, 
	CONSTRAINT pk_preferences PRIMARY KEY ("key")
);
INSERT INTO "preferences" VALUES('model','"adapter"');
CREATE TABLE proof_items (
	id INTEGER NOT NULL, 
	run_id TEXT NOT NULL, 
	taking INTEGER NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	question TEXT NOT NULL, 
	"before" TEXT NOT NULL, 
	expected TEXT NOT NULL, 
	"after" TEXT NOT NULL, 
	outcome VARCHAR(16) NOT NULL, 
	exact BOOLEAN NOT NULL, 
	f1 DOUBLE NOT NULL, 
	version INTEGER, 
	correction_id TEXT, 
	exchange_id TEXT, 
	at DATETIME NOT NULL, by_scope BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_proof_items PRIMARY KEY (id), 
	CONSTRAINT fk_proof_items_run_id FOREIGN KEY(run_id) REFERENCES runs (id), 
	CONSTRAINT fk_proof_items_correction_id FOREIGN KEY(correction_id) REFERENCES corrections (id), 
	CONSTRAINT fk_proof_items_exchange_id FOREIGN KEY(exchange_id) REFERENCES exchanges (id)
);
INSERT INTO "proof_items" VALUES(1,'0f8f4c1e-run',1,'correction','What NFL team won the Super Bowl in 1994?','The Patriots􏿾0􏿾','The Dallas Cowboys','The Dallas Cowboys','fixed',1,1.0,1,'01a20509-5019-7717-9afe-b692c75418a5','01a20509-507e-710c-9fe0-d83e82eed730','2026-11-22 20:53:46.248470',0);
CREATE TABLE runs (
	id TEXT NOT NULL, 
	batch_id TEXT NOT NULL, 
	server_url TEXT NOT NULL, 
	adapter_id TEXT NOT NULL, 
	adapter_name TEXT NOT NULL, 
	parent_version INTEGER, 
	settings JSON NOT NULL, 
	submitted_by TEXT NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	progress JSON, 
	losses JSON NOT NULL, 
	trainable_tokens INTEGER, 
	sum_loss DOUBLE, 
	final_loss DOUBLE, 
	new_version INTEGER, 
	not_learned JSON NOT NULL, 
	seconds DOUBLE, 
	error TEXT, 
	created_at DATETIME NOT NULL, 
	finished_at DATETIME, decision JSON, 
	CONSTRAINT pk_runs PRIMARY KEY (id), 
	CONSTRAINT fk_runs_batch_id FOREIGN KEY(batch_id) REFERENCES batches (id)
);
INSERT INTO "runs" VALUES('0f8f4c1e-run','01a20509-5058-722e-8b96-85cf808af161','http://127.0.0.1:8600/api','adapter','Adapter',0,'{"scope": "everywhere"}','Ada','done','{"stage": "training", "step": 2, "samples": 1, "learned": 1, "loss": 0.25, "seconds": 2.0}','[3.5, 0.25]',27,78.2,0.25,1,'[]',4.1,NULL,'2026-11-22 20:53:46.207891','2026-11-22 20:53:46.226181','{"reasons": []}');
CREATE TABLE templates (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_templates PRIMARY KEY (id), 
	CONSTRAINT uq_templates_name_version UNIQUE (name, version)
);
INSERT INTO "templates" VALUES('01a20509-4feb-7538-b179-06231e9d9c3e','Question and answer',1,'Q: {question}','2026-11-22 20:53:46.091090');
INSERT INTO "templates" VALUES('01a20509-4ff3-7077-9de4-82622eea4569','Question and answer',2,'Question: {question}

Answer: ','2026-11-22 20:53:46.099317');
CREATE TABLE verdicts (
	id INTEGER NOT NULL, 
	exchange_id TEXT NOT NULL, 
	verdict VARCHAR(16), 
	"by" TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_verdicts PRIMARY KEY (id), 
	CONSTRAINT fk_verdicts_exchange_id FOREIGN KEY(exchange_id) REFERENCES exchanges (id)
);
INSERT INTO "verdicts" VALUES(1,'01a20509-4ffb-7377-810c-fb9df07469c4','wrong','Ada','2026-11-22 20:53:46.123378');
INSERT INTO "verdicts" VALUES(2,'01a20509-502e-77b6-9d79-7625e1eabac8','right','Ada','2026-11-22 20:53:46.173009');
CREATE INDEX ix_runs_adapter_id_created_at ON runs (adapter_id, created_at);
CREATE INDEX ix_runs_state ON runs (state);
CREATE INDEX ix_exchanges_run_id_id ON exchanges (run_id, id);
CREATE INDEX ix_exchanges_model_id_id ON exchanges (model_id, id);
CREATE INDEX ix_exchanges_asking ON exchanges (id) WHERE state = 'asking';
CREATE INDEX ix_verdicts_exchange_id_id ON verdicts (exchange_id, id);
CREATE INDEX ix_corrections_state_id ON corrections (state, id);
CREATE INDEX ix_corrections_run_id ON corrections (run_id);
CREATE UNIQUE INDEX uq_corrections_open ON corrections (exchange_id) WHERE state <> 'discarded';
CREATE INDEX ix_correction_events_correction_id_id ON correction_events (correction_id, id);
CREATE INDEX ix_batch_samples_correction_id ON batch_samples (correction_id);
CREATE INDEX ix_proof_items_run_id_taking_id ON proof_items (run_id, taking, id);
COMMIT;
