/**
 * How prices and counts are spelt (protocol reference, section 10): `legacy` in whole cents and whole contracts, as
 * until September 2025; `dual` in these and in decimal strings too, as in February 2026; `current` in decimal strings.
 * What is finer than a cent or a contract can be told in `current` alone.
 */
export type Era = 'legacy' | 'dual' | 'current'
