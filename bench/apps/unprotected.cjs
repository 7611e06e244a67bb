const { application, finish, resources } = require('./resources.cjs');

const { app, stack, size } = application();
resources(stack, size);
finish(app);
