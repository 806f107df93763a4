/** The only module that imports the `liquidjs` package. */
export {
  AssignTag,
  CaseTag,
  defaultOperators,
  ForTag,
  IfTag,
  Liquid,
  LiquidError,
  Output,
  Token,
  TypeGuards,
  UnlessTag,
  Value,
  type Context,
  type Operators,
  type PropertyAccessToken,
  type Template as Node,
} from 'liquidjs';
