# What the tests add to a new Request Tracker, as its own tool for initial data reads it.
# The gateway's user has exactly the rights that connectors/onestop/README.md asks for.
our @Queues = map { { Name => $_, Description => $_ } } ('IT Service Desk', 'Network', 'Accounts');

our @CustomFields = ({ Name => 'Idempotency Key', Type => 'FreeformSingle', LookupType => 'RT::Queue-RT::Ticket' });

our @Users = map { { Name => $_, Password => "$_-password", Privileged => 1, EmailAddress => "$_\@desk.example" } }
  ('campus-gateway', 'without-rights');

our @ACL = map { { UserId => 'campus-gateway', Right => $_ } } (
    'SeeQueue', 'ShowTicket', 'CreateTicket', 'ReplyToTicket', 'SeeCustomField', 'SetInitialCustomField',
    'AdminUsers'
);

our @Final = (
    sub {
        require RT::AuthToken;
        for my $name ('root', 'campus-gateway', 'without-rights') {
            my $user = RT::User->new( RT->SystemUser );
            $user->Load($name);
            my ( undef, undef, $token ) =
              RT::AuthToken->new( RT->SystemUser )->Create( Owner => $user->Id, Description => 'tests' );
            print "token of $name: $token\n";
        }
    }
);
1;
