import type { IFunctionRef } from 'aws-cdk-lib/aws-lambda';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../core/private/errors';
import type { ProbeConfig } from '../model/recovery';

/** What an address has to answer. */
export interface HttpProbeOptions {
  /**
   * What messages and evidence call it; unique for a site.
   * @default - the address
   */
  readonly name?: string;
  /**
   * The status of the answer, 100 to 599.
   * @default 200
   */
  readonly status?: number;
  /**
   * What has to be in the body.
   * @default - anything
   */
  readonly contains?: string;
}

/** What a function has to answer. */
export interface FunctionProbeOptions {
  /**
   * What messages and evidence call it; unique for a site.
   * @default - the path of the function
   */
  readonly name?: string;
}

/** A look at the application of a site, which has to be well before traffic comes to it. A probe that cannot look has failed. */
export class Probe {
  /**
   * An address of this site answers. It is asked from outside the network of the application; the certificate has to be valid.
   * @param url of the site itself, such as that of its load balancer, and not the name that is switched
   * @param options what it has to answer
   */
  public static http(url: string, options: HttpProbeOptions = {}): Probe {
    const { status = 200, contains, name = url } = options;
    if (!Token.isUnresolved(url) && !/^https?:\/\/[^\s/]+/.test(url)) {
      throw new ConfigurationError('InvalidProbe', `'url' is '${url}', which is no address: begin it with https://`);
    }
    if (!Token.isUnresolved(status) && !(Number.isInteger(status) && status >= 100 && status <= 599)) {
      throw new ConfigurationError('InvalidProbe', `'status' is ${status}, but HTTP answers with 100 to 599: give one of these`);
    }
    return new Probe({ kind: 'http', name, url, status, ...(contains === undefined ? {} : { contains }) });
  }

  /**
   * A function of the Region of the site returns without an error. It may do what it takes: log in, place an order, read it back.
   * @param handler the function
   * @param options what it is called
   */
  public static function(handler: IFunctionRef, options: FunctionProbeOptions = {}): Probe {
    const { name = handler.node.path } = options;
    return new Probe({ kind: 'function', name, functionArn: handler.functionRef.functionArn }, handler);
  }

  private constructor(
    /** @internal */
    public readonly _config: ProbeConfig,
    private readonly handler?: IConstruct,
  ) {}

  /**
   * Refuses a function that the agent of a site could call only across Regions.
   * @internal
   */
  public _requireIn(region: string, scope: IConstruct): void {
    const arn = this._config.kind === 'function' ? this._config.functionArn : '';
    const there = this.handler && (Token.isUnresolved(arn) ? Stack.of(this.handler).region : arn.split(':')[3]);
    if (there !== undefined && there !== region) {
      throw new ConfigurationError(
        'ProbeElsewhere',
        `the probe '${this._config.name}' is a function of ${there}, but the site in ${region} has to look without any other Region: give a function of ${region}`,
        scope,
      );
    }
  }
}
