/** What to do if a cloud's credentials are missing or refused. */
export const CLOUD_HINTS = {
  aws: 'set AWS_PROFILE or AWS_ACCESS_KEY_ID, or log in: aws sso login',
  azure: 'log in: az login; in a job, set AZURE_CLIENT_ID and AZURE_TENANT_ID',
  gcp: 'log in: gcloud auth application-default login; in a job, set GOOGLE_APPLICATION_CREDENTIALS',
} as const;
