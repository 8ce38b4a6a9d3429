// Who may import whom (design, section 2). `scripts/boundaries.ts` runs it, `scripts/boundaries.test.ts` breaks each
// rule once and sees it fire. Type imports count: they tie files together as firmly as values do.

const SERVICE = '^server/services/([^/]+)/';
/** Its front door is contract.ts; a long one keeps its parts in contract/. */
const CONTRACT = '^server/services/[^/]+/contract(\\.ts$|/)';
/** What boot loads of a service: itself, and its rows for seed-large. */
const SERVICE_FILE = '^server/services/[^/]+/(service|bulk-rows)\\.ts$';
/** Our own programs, without the packages some folders carry in a node_modules of their own. */
const HOUSE = '^(server|sandbox|bench|web|scripts)/(?!node_modules/)';
const TEST = '[./](test|testing)\\.ts$';
/** What a service offers to tests: its bench, made ready. */
const TEST_KIT = '^server/services/.*testing\\.ts$';
const PERMISSIONS = '^server/services/user/domain/permissions\\.ts$';
const PLATFORM_TESTS = [TEST, '^server/platform/testing/'];
const ZOD = '(^|/)node_modules/zod/';
const CONTRACT_KIT = '^server/platform/(contract|errors)\\.ts$';
const VALUES = '^libs/values/';
/** Pure calculation, no input or output: what rules may use. */
const CALCULATION = '^libs/(values|formula|units)/';
/** Between Indian scripts: a table and a function, for the sound of names. */
const TRANSLITERATION = '(^|/)node_modules/@indic-transliteration/sanscript/';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'service-only-through-contract',
      comment: 'Another service is known by its contract alone; that is what lets it move to another process.',
      severity: 'error',
      from: { path: SERVICE, pathNot: TEST },
      to: { path: SERVICE, pathNot: ['^server/services/$1/', CONTRACT] },
    },
    {
      name: 'foreign-contract-by-its-name',
      comment: 'A foreign contract is imported as #contract/<service>.ts, so that a reader sees the border.',
      severity: 'error',
      from: { path: SERVICE },
      to: { path: CONTRACT, pathNot: '^server/services/$1/', dependencyTypesNot: ['aliased-subpath-import'] },
    },
    {
      name: 'house-only-through-contract',
      comment:
        'Outside the services only boot, the test lab and benchmarks load a service.ts; nobody reaches further in.',
      severity: 'error',
      from: {
        path: '^(server|bench|scripts)/',
        pathNot: ['^server/services/', '^server/(boot|testing)/', '^bench/', TEST],
      },
      to: { path: SERVICE, pathNot: CONTRACT },
    },
    {
      name: 'boot-loads-only-service-files',
      comment:
        'Boot and tests may load a service.ts. The test lab also reads the starter roles, its actors have the rights they give.',
      severity: 'error',
      from: { path: ['^server/(boot|testing)/', TEST], pathNot: SERVICE },
      to: { path: SERVICE, pathNot: [CONTRACT, SERVICE_FILE, PERMISSIONS] },
    },
    {
      name: 'bench-loads-service-files-and-rules',
      comment:
        'A benchmark runs a service whole, or one of its pure rules alone; how it stores things is its own affair.',
      severity: 'error',
      from: { path: '^bench/' },
      to: { path: SERVICE, pathNot: [CONTRACT, SERVICE_FILE, '^server/services/[^/]+/domain/'] },
    },
    {
      name: 'service-test-reaches-only-service-files',
      comment:
        'A test beside a service may load its neighbours whole and their test kits, never their insides, save the starter roles.',
      severity: 'error',
      from: { path: `${SERVICE}.*${TEST}` },
      to: { path: SERVICE, pathNot: ['^server/services/$1/', CONTRACT, SERVICE_FILE, PERMISSIONS, TEST_KIT] },
    },
    {
      name: 'service-knows-no-gateway-or-boot',
      comment: 'A service is started and served by others; it never looks back at them.',
      severity: 'error',
      from: { path: SERVICE, pathNot: TEST },
      to: { path: '^(server/(boot|cli|demo|gateway|testing)/|sandbox/|bench/|scripts/)' },
    },
    {
      name: 'contract-stays-plain',
      comment:
        'A contract imports the contract kit, libs/values, other contracts and the schema library: it runs in a browser.',
      severity: 'error',
      from: { path: CONTRACT },
      to: { pathNot: [CONTRACT_KIT, VALUES, CONTRACT, ZOD] },
    },
    {
      name: 'contract-kit-stays-plain',
      comment: 'What every contract imports must run in a browser too.',
      severity: 'error',
      from: { path: [CONTRACT_KIT, '^libs/values/(?!.*\\.test\\.ts$)'] },
      to: { pathNot: [CONTRACT_KIT, VALUES, ZOD] },
    },
    {
      name: 'domain-is-pure',
      comment:
        'Rules import themselves, contracts, libs/values and the schema library: no input or output, no clock, no platform. node:crypto is let in for hashes; the house rules refuse its randomness.',
      severity: 'error',
      from: { path: '^server/services/([^/]+)/domain/', pathNot: TEST },
      to: { pathNot: ['^server/services/$1/domain/', CONTRACT, CALCULATION, TRANSLITERATION, ZOD, '^(node:)?crypto$'] },
    },
    {
      name: 'domain-takes-only-types-of-foreign-contracts',
      comment: 'A rule may judge a foreign fact in its published form; calling its owner is the work of a command.',
      severity: 'error',
      from: { path: '^server/services/([^/]+)/domain/', pathNot: TEST },
      to: { path: CONTRACT, pathNot: '^server/services/$1/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'platform-knows-no-service',
      comment:
        'The platform would serve another trade as well. It reads the types of server/config.ts, nothing else of the house.',
      severity: 'error',
      from: { path: '^server/platform/', pathNot: PLATFORM_TESTS },
      to: { path: HOUSE, pathNot: ['^server/platform/', '^server/config\\.ts$'] },
    },
    {
      name: 'platform-takes-only-types-of-config',
      comment: 'Values of the settings reach the platform as arguments.',
      severity: 'error',
      from: { path: '^server/platform/', pathNot: PLATFORM_TESTS },
      to: { path: '^server/config\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'platform-test-knows-no-service',
      comment: 'Tests of the platform take databases and settings where all tests do, and still know no service.',
      severity: 'error',
      from: { path: ['^server/platform/testing/', `^server/platform/.*${TEST}`] },
      to: { path: HOUSE, pathNot: ['^server/(platform|testing)/', '^server/config\\.ts$'] },
    },
    {
      name: 'libs-know-only-libs',
      comment: 'A library could be published tomorrow.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: HOUSE },
    },
    {
      name: 'web-imports-contracts-only',
      comment: 'The web app sees what the gateway promises, not how it is kept.',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: HOUSE, pathNot: CONTRACT },
    },
    {
      name: 'gateway-imports-contracts-and-platform',
      comment: 'The edge calls services by contract; it knows neither how they are started nor simulated.',
      severity: 'error',
      from: { path: '^server/gateway/', pathNot: TEST },
      to: { path: HOUSE, pathNot: ['^server/(gateway|platform)/', '^server/config\\.ts$', CONTRACT] },
    },
    {
      name: 'sandbox-imports-libs-only',
      comment: 'Simulators stand outside the house, like the devices and partners they imitate.',
      severity: 'error',
      from: { path: '^sandbox/' },
      to: { path: HOUSE, pathNot: '^sandbox/' },
    },
    {
      name: 'program-imports-no-test',
      comment: 'What runs in a lab does not depend on test files or on the test lab.',
      severity: 'error',
      from: {
        path: '^(server|libs|sandbox)/',
        pathNot: [TEST, '(^|/)(testing|fixtures|e2e)/', '(^|/)(test-kit|conformance)\\.ts$'],
      },
      to: { path: [TEST, '^server/(platform/)?testing/'] },
    },
    {
      name: 'no-cycle',
      comment: 'No import cycle, types included: a reader must be able to start at the bottom.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'everything-resolves',
      comment: 'An import that leads nowhere escapes every other rule.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // Trap: without swc dependency-cruiser finds no import in a .ts file under TypeScript 7 and says all is well.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(data|coverage)/|/\\.[^/]+\\.ts$' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
