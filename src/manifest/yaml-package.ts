/** The only door to the `yaml` package: what is not listed here is not used. */
export {
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  visit,
  type Alias,
  type Document,
  type Node,
  type Scalar,
  type YAMLParseError,
} from 'yaml';
