import { App } from 'aws-cdk-lib';
import { OrdersStack } from './orders-stack';

const app = new App();
new OrdersStack(app, 'Orders', { env: { account: process.env.CDK_DEFAULT_ACCOUNT ?? '123456789012', region: 'ap-northeast-1' } });
app.synth();
