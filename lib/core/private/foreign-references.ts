import {
  AspectPriority,
  Aspects,
  CfnElement,
  DefaultTokenResolver,
  type IPostProcessor,
  type IResolvable,
  type IResolveContext,
  Stack,
  StringConcat,
  Tokenization,
} from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from './errors';

/** How the construct library marks a `Ref` or `Fn::GetAtt`. */
const REFERENCE = Symbol.for('@aws-cdk/core.CfnReference');

/**
 * Refuses, once the tree is complete, whatever in a stack refers to another one: a parameter, a topic, an attribute. The stack has to
 * deploy while that other one is gone, and what waits for it would wait for itself. Stacks that are `near` are gone only together with it.
 */
export function refuseForeignReferences(stack: Stack, near: (other: Stack) => boolean = () => false): void {
  const visit = (node: IConstruct) => {
    if (node === stack) {
      for (const element of node.node.findAll().filter(CfnElement.isCfnElement)) {
        requireOwn(stack, element, near);
      }
    }
  };
  Aspects.of(stack).add({ visit }, { priority: AspectPriority.READONLY });
}

function requireOwn(stack: Stack, element: CfnElement, near: (other: Stack) => boolean): void {
  const { _toCloudFormation: render } = element as unknown as { _toCloudFormation(): object };
  const refuse = (what: string) => {
    throw new ConfigurationError(
      'TokenAcrossStacks',
      `'${element.node.path}' needs ${what}, but '${stack.node.path}' has to deploy while any other stack is gone: give plain text, such as what is imported by its ARN`,
      stack,
    );
  };
  const resolver = new References();
  try {
    Tokenization.resolve(render.call(element), { scope: element, resolver, preparing: true });
  } catch (error) {
    // a resource without a physical name refuses by itself to be used from elsewhere
    const [, resource] = /Cannot use resource '([^']+)' in a cross-environment fashion/.exec(`${error}`) ?? [];
    if (resource === undefined) {
      throw error;
    }
    refuse(`a value of '${resource}'`);
  }
  const foreign = [...resolver.targets].find((target) => Stack.of(target) !== stack && !near(Stack.of(target)));
  if (foreign) {
    refuse(`a value of '${foreign.node.path}'`);
  }
}

class References extends DefaultTokenResolver {
  public readonly targets = new Set<IConstruct>();

  constructor() {
    super(new StringConcat());
  }

  public override resolveToken(token: IResolvable, context: IResolveContext, postProcessor: IPostProcessor): unknown {
    const { target } = token as { readonly target?: IConstruct };
    if (REFERENCE in token && target !== undefined) {
      this.targets.add(target);
    }
    return super.resolveToken(token, context, postProcessor);
  }
}
