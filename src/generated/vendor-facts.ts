// Written by scripts/embed-vendor-facts.ts from data/vendors.yaml. Do not edit.
export const errorWords = {
  "1113": "QUOTA_EXHAUSTED",
  "1301": "CONTENT_FILTERED",
  "1302": "RATE_LIMITED",
  "1305": "RATE_LIMITED",
  "insufficient_quota": "QUOTA_EXHAUSTED",
  "billing_hard_limit_reached": "QUOTA_EXHAUSTED",
  "billing_not_active": "QUOTA_EXHAUSTED",
  "credit_balance_exhausted": "QUOTA_EXHAUSTED",
  "organization_usage_limit_exceeded": "QUOTA_EXHAUSTED",
  "organization_spend_limit_exceeded": "QUOTA_EXHAUSTED",
  "project_spend_limit_exceeded": "QUOTA_EXHAUSTED",
  "billing_error": "QUOTA_EXHAUSTED",
  "enforced_spend_limit_reached": "QUOTA_EXHAUSTED",
  "contract_spend_limit_reached": "QUOTA_EXHAUSTED",
  "linked_organization_spend_limit_reached": "QUOTA_EXHAUSTED",
  "workspace_spend_limit_reached": "QUOTA_EXHAUSTED",
  "insufficient_credits": "QUOTA_EXHAUSTED",
  "payment_required": "QUOTA_EXHAUSTED",
  "exceeded_current_quota_error": "QUOTA_EXHAUSTED",
  "insufficient_balance_error": "QUOTA_EXHAUSTED",
  "insufficient_balance": "QUOTA_EXHAUSTED",
  "budget_exceeded": "QUOTA_EXHAUSTED",
  "arrearage": "QUOTA_EXHAUSTED",
  "allocationquota.freetieronly": "QUOTA_EXHAUSTED",
  "accountoverdueerror": "QUOTA_EXHAUSTED",
  "insufficient_user_quota": "QUOTA_EXHAUSTED",
  "pre_consume_token_quota_failed": "QUOTA_EXHAUSTED",
  "spend_limit_exceeded": "QUOTA_EXHAUSTED",
  "invalid_api_key": "AUTH",
  "invalid_organization": "AUTH",
  "account_deactivated": "AUTH",
  "api_key_invalid": "AUTH",
  "api_key_expired": "AUTH",
  "api_key_service_blocked": "AUTH",
  "invalid_authentication_error": "AUTH",
  "incorrect_api_key_error": "AUTH",
  "authorized_error": "AUTH",
  "invalidapikey": "AUTH",
  "invalidaccesskeyid": "AUTH",
  "auth_error": "AUTH",
  "token_not_found_in_db": "AUTH",
  "expired_key": "AUTH",
  "unrecognizedclientexception": "AUTH",
  "expiredtokenexception": "AUTH",
  "invalidsignatureexception": "AUTH",
  "incompletesignatureexception": "AUTH",
  "missingauthenticationtokenexception": "AUTH",
  "authentication_error": "AUTH",
  "organization_restricted": "AUTH",
  "content_policy_violation": "CONTENT_FILTERED",
  "moderation_blocked": "CONTENT_FILTERED",
  "image_content_policy_violation": "CONTENT_FILTERED",
  "misalignment_policy_violation": "CONTENT_FILTERED",
  "bio_policy": "CONTENT_FILTERED",
  "content_filter": "CONTENT_FILTERED",
  "responsibleaipolicyviolation": "CONTENT_FILTERED",
  "content_management_policy": "CONTENT_FILTERED",
  "datainspectionfailed": "CONTENT_FILTERED",
  "data_inspection_failed": "CONTENT_FILTERED",
  "contentpolicyviolationerror": "CONTENT_FILTERED",
  "new_sensitive": "CONTENT_FILTERED",
  "context_length_exceeded": "CONTEXT_TOO_LONG",
  "string_above_max_length": "CONTEXT_TOO_LONG",
  "model_context_window_exceeded": "CONTEXT_TOO_LONG",
  "contextwindowexceedederror": "CONTEXT_TOO_LONG",
  "context_window_exceeded": "CONTEXT_TOO_LONG",
  "exceed_context_size_error": "CONTEXT_TOO_LONG",
  "json_validate_failed": "SCHEMA_MISMATCH",
  "model_not_found": "NOT_FOUND",
  "resource_not_found_error": "NOT_FOUND",
  "model_not_available": "NOT_FOUND",
  "invalidendpointormodel.notfound": "NOT_FOUND",
  "modelnotopen": "NOT_FOUND",
  "notfounderror": "NOT_FOUND",
  "request_too_large": "TOO_LARGE",
  "rate_limit_exceeded": "RATE_LIMITED",
  "ramp_limit_exceeded": "RATE_LIMITED",
  "rate_limit_error": "RATE_LIMITED",
  "rate_limit_reached_error": "RATE_LIMITED",
  "throttlingexception": "RATE_LIMITED",
  "throttling": "RATE_LIMITED",
  "throttling.ratequota": "RATE_LIMITED",
  "throttling.allocationquota": "RATE_LIMITED",
  "overloaded_error": "OVERLOADED",
  "capacity_exceeded": "OVERLOADED",
  "resource_unavailable": "OVERLOADED",
  "service_tier_capacity_exceeded": "OVERLOADED",
  "engine_overloaded_error": "OVERLOADED",
  "server_is_overloaded": "OVERLOADED",
  "slow_down": "OVERLOADED",
  "modelnotreadyexception": "OVERLOADED",
  "serviceunavailableexception": "OVERLOADED"
} as const;

export const broadErrorWords = {
  "unauthenticated": "AUTH",
  "not_found_error": "NOT_FOUND",
  "not_found": "NOT_FOUND",
  "resource_exhausted": "RATE_LIMITED",
  "unavailable": "OVERLOADED",
  "permission_error": "FORBIDDEN",
  "permission_denied": "FORBIDDEN",
  "timeout_error": "TIMEOUT",
  "deadline_exceeded": "TIMEOUT",
  "server_error": "SERVER_ERROR",
  "internal_server_error": "SERVER_ERROR",
  "api_error": "SERVER_ERROR",
  "internal": "SERVER_ERROR",
  "invalid_request_error": "BAD_REQUEST",
  "invalid_prompt": "BAD_REQUEST",
  "invalid_argument": "BAD_REQUEST",
  "failed_precondition": "BAD_REQUEST"
} as const;

export const errorTexts = [
  {
    "means": "QUOTA_EXHAUSTED",
    "says": "(?:you|your|this|the) credit balance is too low"
  },
  {
    "means": "QUOTA_EXHAUSTED",
    "says": "insufficient (?:account )?(?:balance|credits?|funds)\\b"
  },
  {
    "means": "QUOTA_EXHAUSTED",
    "says": "your account [^.]{0,80}\\binsufficient balance\\b"
  },
  {
    "means": "QUOTA_EXHAUSTED",
    "says": "(?:budget has been exceeded|exceededbudget)\\b"
  },
  {
    "means": "QUOTA_EXHAUSTED",
    "says": "your (?:newly created )?team [^.]{0,80}(?:doesn't|does not) have any credits"
  },
  {
    "means": "QUOTA_EXHAUSTED",
    "says": "credit limit exceeded\\b"
  },
  {
    "means": "QUOTA_EXHAUSTED",
    "says": "(?:this request requires more credits|insufficient credits)"
  },
  {
    "means": "QUOTA_EXHAUSTED",
    "says": "key limit exceeded\\b"
  },
  {
    "means": "QUOTA_EXHAUSTED",
    "says": "access denied, please make sure your account is in good standing"
  },
  {
    "means": "QUOTA_EXHAUSTED",
    "says": "your prepayment credits are depleted\\b"
  },
  {
    "means": "QUOTA_EXHAUSTED",
    "says": "account [\\w.@-]{1,100} is suspended\\b"
  },
  {
    "means": "QUOTA_EXHAUSTED",
    "says": "(?:sorry, )?your account balance is insufficient\\b"
  },
  {
    "means": "QUOTA_EXHAUSTED",
    "says": "余额不足"
  },
  {
    "means": "QUOTA_EXHAUSTED",
    "says": "(?:user quota is not enough|用户额度不足)"
  },
  {
    "means": "QUOTA_EXHAUSTED",
    "says": "you exceeded your current quota, [^.]{0,80}\\. [^.]{0,80}\\bplatform\\.openai\\.com\\b"
  },
  {
    "means": "QUOTA_EXHAUSTED",
    "says": "your (?:newly created )?team [^.]{0,80}has (?:either )?(?:used all|run out|exhausted)"
  },
  {
    "means": "QUOTA_EXHAUSTED",
    "says": "your account is not active, please check your billing details\\b"
  },
  {
    "means": "QUOTA_EXHAUSTED",
    "says": "you have run out of credits\\b"
  },
  {
    "means": "QUOTA_EXHAUSTED",
    "says": "(?:you|your|this|the) [^.]{0,80}\\b(?:reached|exceeded) [^.]{0,60}(?:spend|spending|usage) limits?\\b",
    "under": [
      400,
      402,
      403,
      429
    ]
  },
  {
    "means": "AUTH",
    "says": "(?:incorrect|invalid)(?:\\s|%20)api(?:\\s|%20)key(?:\\s|%20)provided\\b"
  },
  {
    "means": "AUTH",
    "says": "(?:(?:the|your|this) )?(?:provided )?api key (?:you provided )?(?:is )?(?:not valid|invalid|expired|not found)\\b"
  },
  {
    "means": "AUTH",
    "says": "access denied due to invalid subscription key\\b"
  },
  {
    "means": "AUTH",
    "says": "method doesn't allow unregistered callers\\b"
  },
  {
    "means": "AUTH",
    "says": "authentication (?:error|fails?|failed)\\b"
  },
  {
    "means": "AUTH",
    "says": "no (?:auth credentials found|cookie auth credentials found)"
  },
  {
    "means": "AUTH",
    "says": "invalid (?:authentication|api[ _-]?key|(?:api|access) token)\\b"
  },
  {
    "means": "AUTH",
    "says": "(?:login fail|invalid api key)\\b"
  },
  {
    "means": "AUTH",
    "says": "(?:missing|no) (?:api[ _-]?key|authorization header)\\b"
  },
  {
    "means": "AUTH",
    "says": "(?:please pass a valid api key|missing a valid api key)\\b"
  },
  {
    "means": "AUTH",
    "says": "(?:invalid|expired) (?:or expired )?token\\b",
    "under": [
      401,
      403,
      498
    ]
  },
  {
    "means": "CONTENT_FILTERED",
    "says": "(?:flagged|moderation)\\b",
    "under": [
      403
    ]
  },
  {
    "means": "CONTENT_FILTERED",
    "says": "(?:your |invalid )?(?:input|prompt|request)[^.]{0,60}\\b(?:flagged|safety system|moderation)\\b",
    "under": [
      400
    ]
  },
  {
    "means": "CONTENT_FILTERED",
    "says": "the response was filtered\\b",
    "under": [
      400
    ]
  },
  {
    "means": "CONTENT_FILTERED",
    "says": "(?:input|output) data may contain inappropriate content\\b",
    "under": [
      400
    ]
  },
  {
    "means": "CONTEXT_TOO_LONG",
    "says": "input is too long for requested model\\b",
    "under": [
      400
    ]
  },
  {
    "means": "CONTEXT_TOO_LONG",
    "says": "input (?:length|token count)\\b[^.]{0,80}\\bexceed",
    "under": [
      400,
      413,
      422
    ]
  },
  {
    "means": "CONTEXT_TOO_LONG",
    "says": "maximum context length\\b",
    "under": [
      400,
      413,
      422
    ]
  },
  {
    "means": "CONTEXT_TOO_LONG",
    "says": "maximum prompt length is\\b",
    "under": [
      400,
      413,
      422
    ]
  },
  {
    "means": "CONTEXT_TOO_LONG",
    "says": "inputs` tokens \\+ `max_new_tokens` must be\\b",
    "under": [
      400,
      413,
      422
    ]
  },
  {
    "means": "CONTEXT_TOO_LONG",
    "says": "prompt is too long\\b",
    "under": [
      400,
      413,
      422,
      500
    ]
  },
  {
    "means": "CONTEXT_TOO_LONG",
    "says": "maximum context length is\\b",
    "under": [
      400,
      413,
      422,
      500
    ]
  },
  {
    "means": "CONTEXT_TOO_LONG",
    "says": "exceeds? (?:the )?(?:available |model'?s? )?(?:maximum )?context (?:size|length|limit|window)",
    "under": [
      400,
      413,
      422,
      500
    ]
  },
  {
    "means": "SCHEMA_MISMATCH",
    "says": "litellm\\.JSONSchemaValidationError\\b"
  },
  {
    "means": "NOT_FOUND",
    "says": "the model [`'\"]?[\\w./:@-]{1,100}[`'\"]? (?:does not exist|was not found|is not found|not found)\\b",
    "under": [
      400,
      403,
      404,
      413,
      422
    ]
  },
  {
    "means": "NOT_FOUND",
    "says": "[\\w./:@-]{1,100} is not a valid model id\\b",
    "under": [
      400,
      403,
      404,
      413,
      422
    ]
  },
  {
    "means": "NOT_FOUND",
    "says": "the provided model identifier is invalid\\b",
    "under": [
      400,
      403,
      404,
      413,
      422
    ]
  },
  {
    "means": "NOT_FOUND",
    "says": "model not exist\\b",
    "under": [
      400,
      403,
      404,
      413,
      422
    ]
  },
  {
    "means": "NOT_FOUND",
    "says": "[^.]{0,40}\\binvalid model name passed in\\b",
    "under": [
      400,
      403,
      404,
      413,
      422
    ]
  },
  {
    "means": "NOT_FOUND",
    "says": "unable to access model\\b",
    "under": [
      400,
      403,
      404,
      413,
      422
    ]
  },
  {
    "means": "TOO_LARGE",
    "says": "request too large\\b",
    "under": [
      413,
      429
    ]
  },
  {
    "means": "OVERLOADED",
    "says": "resource unavailable\\b",
    "under": [
      429
    ]
  },
  {
    "means": "OVERLOADED",
    "says": "service tier capacity exceeded\\b",
    "under": [
      429
    ]
  },
  {
    "means": "OVERLOADED",
    "says": "(?:the )?server is (?:currently )?overloaded\\b",
    "under": [
      500,
      503
    ]
  },
  {
    "means": "RATE_LIMITED",
    "says": "rate limit (?:exceeded|reached)\\b",
    "under": [
      400,
      403,
      500,
      503
    ]
  }
] as const;

export const finishReasons = {
  "stop": "finished",
  "completed": "finished",
  "end_turn": "finished",
  "stop_sequence": "finished",
  "eos_token": "finished",
  "eos": "finished",
  "complete": "finished",
  "finish": "finished",
  "finished": "finished",
  "endoftext": "finished",
  "word": "finished",
  "length": "full",
  "max_output_tokens": "full",
  "incomplete": "full",
  "max_tokens": "full",
  "limit": "full",
  "token_limit": "full",
  "model_context_window_exceeded": "window",
  "model_length": "window",
  "error_limit": "window",
  "refusal": "refused",
  "content_filter": "filtered",
  "guardrail_intervened": "filtered",
  "content_filtered": "filtered",
  "safety": "filtered",
  "recitation": "filtered",
  "language": "filtered",
  "blocklist": "filtered",
  "prohibited_content": "filtered",
  "spii": "filtered",
  "image_safety": "filtered",
  "image_prohibited_content": "filtered",
  "image_recitation": "filtered",
  "error_toxic": "filtered",
  "sensitive": "filtered",
  "tool_calls": "tool",
  "function_call": "tool",
  "tool_use": "tool",
  "tool_call": "tool",
  "malformed_tool_use": "tool",
  "malformed_function_call": "tool",
  "unexpected_tool_call": "tool",
  "pause_turn": "paused",
  "insufficient_system_resource": "overloaded",
  "error": "broken",
  "failed": "broken",
  "malformed_model_output": "broken",
  "user_cancel": "broken",
  "timeout": "broken",
  "abort": "broken",
  "time_limit": "broken",
  "network_error": "broken",
  "in_progress": "unfinished",
  "queued": "unfinished",
  "cancelled": "unfinished",
  "not_finished": "unfinished"
} as const;

export const usageFields = {
  "prompt_tokens": "input",
  "input_tokens": "input",
  "inputTokens": "input",
  "promptTokens": "input",
  "promptTokenCount": "input",
  "prompt_token_count": "input",
  "prompt_eval_count": "input",
  "input_token_count": "input",
  "completion_tokens": "output",
  "output_tokens": "output",
  "outputTokens": "output",
  "completionTokens": "output",
  "candidatesTokenCount": "output",
  "candidates_token_count": "output",
  "eval_count": "output",
  "generated_token_count": "output",
  "generated_tokens": "output",
  "total_tokens": "total",
  "totalTokens": "total",
  "totalTokenCount": "total",
  "total_token_count": "total",
  "prompt_tokens_details.cached_tokens": "cacheRead",
  "input_tokens_details.cached_tokens": "cacheRead",
  "prompt_cache_hit_tokens": "cacheRead",
  "cached_tokens": "cacheRead",
  "cachedContentTokenCount": "cacheRead",
  "prompt_tokens_details.cache_write_tokens": "cacheWrite",
  "input_tokens_details.cache_write_tokens": "cacheWrite",
  "prompt_tokens_details.cache_creation_tokens": "cacheWrite",
  "prompt_tokens_details.cache_write_tokens_details.ttl_12h_tokens": "cacheWriteLong",
  "input_tokens_details.cache_write_tokens_details.ttl_12h_tokens": "cacheWriteLong",
  "completion_tokens_details.reasoning_tokens": "reasoning",
  "output_tokens_details.reasoning_tokens": "reasoning",
  "output_tokens_details.thinking_tokens": "reasoning",
  "reasoning_tokens": "reasoning",
  "thoughtsTokenCount": "reasoning",
  "thoughts_token_count": "reasoning"
} as const;

export const usageFieldsApart = {
  "cache_read_input_tokens": "cacheRead",
  "cacheReadInputTokens": "cacheRead",
  "cache_creation_input_tokens": "cacheWrite",
  "cacheWriteInputTokens": "cacheWrite",
  "cache_creation.ephemeral_5m_input_tokens": "cacheWriteShort",
  "cache_creation.ephemeral_1h_input_tokens": "cacheWriteLong"
} as const;

export const documentedLimits = {
  "anthropic": {
    "source": "https://platform.claude.com/docs/en/api/rate-limits",
    "via": "https://www.developersdigest.tech/rate-limits/anthropic",
    "note": "new accounts may start below these; other models: see the page",
    "asOf": "2026-10-17",
    "tiers": [
      {
        "tier": "Start",
        "models": [
          "claude-fable-5",
          "claude-fable-5-1",
          "claude-fable-5-2"
        ],
        "limits": {
          "rpm": 1000,
          "itpm": 500000,
          "otpm": 100000
        }
      },
      {
        "tier": "Scale",
        "models": [
          "claude-fable-5",
          "claude-fable-5-1",
          "claude-fable-5-2"
        ],
        "limits": {
          "rpm": 4000,
          "itpm": 4000000,
          "otpm": 800000
        }
      }
    ]
  },
  "openai": {
    "source": "https://developers.openai.com/api/docs/guides/rate-limits",
    "via": "https://raw.githubusercontent.com/api-evangelist/openai/refs/heads/main/rate-limits/openai-rate-limits.yml",
    "note": "by model and tier, on the page of each model and in the account’s settings",
    "asOf": "2026-08-27",
    "tiers": []
  },
  "openrouter": {
    "source": "https://openrouter.ai/docs/api-reference/limits",
    "via": "https://www.developersdigest.tech/rate-limits/openrouter",
    "note": "for all free models of an account together; no number is published for others",
    "asOf": "2026-10-17",
    "tiers": [
      {
        "tier": "under 10 credits",
        "models": [
          "*:free"
        ],
        "limits": {
          "rpm": 20,
          "rpd": 50
        }
      },
      {
        "tier": "10 credits",
        "models": [
          "*:free"
        ],
        "limits": {
          "rpm": 20,
          "rpd": 1000
        }
      }
    ]
  },
  "groq": {
    "source": "https://console.groq.com/docs/rate-limits",
    "via": "https://github.com/xyzs996/free-llm-api/discussions/3",
    "note": "the token limits of most models and the Developer plan: see the page",
    "asOf": "2026-07-25",
    "tiers": [
      {
        "tier": "Free",
        "models": [
          "llama-3.3-70b-versatile"
        ],
        "limits": {
          "rpm": 30,
          "rpd": 1000,
          "tpm": 12000
        }
      },
      {
        "tier": "Free",
        "models": [
          "llama-3.1-8b-instant"
        ],
        "limits": {
          "rpm": 30,
          "rpd": 14400
        }
      },
      {
        "tier": "Free",
        "models": [
          "openai/gpt-oss-120b",
          "openai/gpt-oss-20b"
        ],
        "limits": {
          "rpm": 30,
          "rpd": 1000
        }
      },
      {
        "tier": "Free",
        "models": [
          "groq/compound"
        ],
        "limits": {
          "rpm": 30,
          "rpd": 250
        }
      }
    ]
  },
  "mistral": {
    "source": "https://help.mistral.ai/en/articles/225174-what-are-the-limits-of-the-free-tier",
    "note": "and 1,000M tokens a month; other tiers are shown only in the account",
    "tiers": [
      {
        "tier": "Free",
        "models": [
          "*"
        ],
        "limits": {
          "rps": 1,
          "tpm": 500000
        }
      }
    ]
  },
  "deepseek": {
    "source": "https://api-docs.deepseek.com/quick_start/rate_limit",
    "note": "per account, shared by all of its keys",
    "tiers": [
      {
        "tier": "default",
        "models": [
          "deepseek-flash"
        ],
        "limits": {
          "concurrency": {
            "start": 2500,
            "max": 2500
          }
        }
      },
      {
        "tier": "default",
        "models": [
          "deepseek-v4-pro"
        ],
        "limits": {
          "concurrency": {
            "start": 500,
            "max": 500
          }
        }
      }
    ]
  },
  "xai": {
    "source": "https://docs.x.ai/developers/rate-limits",
    "via": "https://www.developersdigest.tech/rate-limits/xai",
    "note": "older models: see the page",
    "asOf": "2026-10-17",
    "tiers": [
      {
        "tier": "Tier 0",
        "models": [
          "grok-4.7",
          "grok-4.6",
          "grok-4.5"
        ],
        "limits": {
          "rps": 150,
          "tpm": 50000000
        }
      },
      {
        "tier": "Tier 4",
        "models": [
          "grok-4.7",
          "grok-4.6",
          "grok-4.5"
        ],
        "limits": {
          "rps": 500,
          "tpm": 100000000
        }
      }
    ]
  },
  "together": {
    "source": "https://docs.together.ai/docs/serverless/rate-limits",
    "note": "they follow recent usage, model by model; there are no longer any tiers",
    "tiers": []
  },
  "fireworks": {
    "source": "https://docs.fireworks.ai/serverless/rate-limits",
    "note": "initial limits with a payment method; at most 900k uncached input tokens",
    "tiers": [
      {
        "tier": "paying",
        "models": [
          "*"
        ],
        "limits": {
          "rpm": 6000,
          "itpm": 3600000,
          "otpm": 36000
        }
      }
    ]
  },
  "cerebras": {
    "source": "https://inference-docs.cerebras.ai/support/rate-limits",
    "via": "https://raw.githubusercontent.com/api-evangelist/cerebras-systems/refs/heads/main/rate-limits/cerebras-systems-rate-limits.yml",
    "note": "the free trial also has hourly and daily limits",
    "asOf": "2026-07-18",
    "tiers": [
      {
        "tier": "Free Trial",
        "models": [
          "gpt-oss-120b",
          "gemma-4-31b"
        ],
        "limits": {
          "rpm": 5,
          "tpm": 30000
        }
      },
      {
        "tier": "Developer",
        "models": [
          "gpt-oss-120b"
        ],
        "limits": {
          "rpm": 1000,
          "tpm": 1000000
        }
      },
      {
        "tier": "Developer",
        "models": [
          "gemma-4-31b"
        ],
        "limits": {
          "rpm": 300,
          "tpm": 500000
        }
      }
    ]
  },
  "gemini": {
    "source": "https://ai.google.dev/gemini-api/docs/rate-limits",
    "via": "https://www.developersdigest.tech/rate-limits/google",
    "note": "by model and tier, shown only in AI Studio",
    "asOf": "2026-10-17",
    "tiers": []
  },
  "perplexity": {
    "source": "https://docs.perplexity.ai/docs/admin/rate-limits-usage-tiers",
    "note": "the page gives numbers only for other interfaces",
    "tiers": []
  }
} as const;
